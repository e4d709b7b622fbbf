import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { environmentSource, parseSettings, toVariableName } from './settings.js';

const schema = z.object({
  originals: z.string(),
  minGroupSize: z.coerce.number().int().min(1).default(2),
  precision: z.enum(['fp32', 'int8']).default('fp32'),
});

describe('parseSettings', () => {
  it('takes the first source that has a setting, then the default', () => {
    const settings = parseSettings(schema, [
      { name: 'flags', values: { originals: 'a' } },
      environmentSource(schema, { CULL_ORIGINALS: 'b', CULL_MIN_GROUP_SIZE: '3' }),
      { name: 'cullstream.yaml', values: { minGroupSize: 4, precision: 'int8' } },
    ]);
    expect(settings).toEqual({ originals: 'a', minGroupSize: 3, precision: 'int8' });
  });

  it('reports every problem with its setting and source', () => {
    const parse = () =>
      parseSettings(schema, [
        environmentSource(schema, { CULL_MIN_GROUP_SIZE: '0', CULL_PRECISION: 'fp8' }),
      ]);
    expect(parse).toThrow(ConfigurationError);
    expect(parse).toThrow(/‹originals›: is required \(CULL_ORIGINALS\)/);
    expect(parse).toThrow(/‹minGroupSize›: .*from environment/);
    expect(parse).toThrow(/‹precision›: .*from environment/);
  });
  it('says what is expected, and what it got instead', () => {
    const numbers = z.object({
      share: z.coerce.number().positive().optional(),
      port: z.coerce.number().int().max(65_000).optional(),
      name: z.string().max(3).optional(),
      kind: z.enum(['one', 'two']).optional(),
    });
    const findProblems = (values: Record<string, unknown>) => {
      try {
        parseSettings(numbers, [{ name: 'a file', values }]);
        return [];
      } catch (error) {
        return error instanceof ConfigurationError ? error.problems : [String(error)];
      }
    };
    expect(findProblems({ share: 'much', port: 1.5, name: 'long', kind: 'three' })).toEqual([
      '‹share›: expected a number (got "much" from a file)',
      '‹port›: expected a whole number (got 1.5 from a file)',
      '‹name›: expected text of at most 3 characters (got "long" from a file)',
      '‹kind›: expected one of one, two (got "three" from a file)',
    ]);
    expect(findProblems({ share: 0, port: 70_000 })).toEqual([
      '‹share›: expected a number above 0 (got 0 from a file)',
      '‹port›: expected a number of at most 65000 (got 70000 from a file)',
    ]);
    expect(findProblems({ share: NaN })).toEqual([
      '‹share›: expected a number (got NaN from a file)',
    ]);
    expect(findProblems({ share: ' ', port: null })).toEqual([
      '‹share›: is empty; give it a value or leave it out (from a file)',
      '‹port›: is empty; give it a value or leave it out (from a file)',
    ]);
  });
});

it('writes a setting in capitals with underscores', () => {
  expect(toVariableName('timeGapMinutes')).toBe('CULL_TIME_GAP_MINUTES');
});
