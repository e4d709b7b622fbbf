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
    expect(parse).toThrow(/originals: is required \(CULL_ORIGINALS\)/);
    expect(parse).toThrow(/minGroupSize: .*from environment/);
    expect(parse).toThrow(/precision: .*from environment/);
  });
});

it('writes a setting in capitals with underscores', () => {
  expect(toVariableName('timeGapMinutes')).toBe('CULL_TIME_GAP_MINUTES');
});
