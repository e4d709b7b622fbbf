import { nameList } from '@cullstream/runtime';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addSettings } from './add-settings.js';

const schema = z.object({ only: nameList.optional(), data: z.string().default('./data') });

function parse(...args: string[]) {
  const command = addSettings(new Command(), schema);
  return schema.parse(command.parse(args, { from: 'user' }).opts());
}

describe('addSettings', () => {
  it('goes on with a list that is given again', () => {
    expect(parse('--only', 'aurora', '--only', 'birch,cedar').only).toEqual([
      'aurora',
      'birch',
      'cedar',
    ]);
  });

  it('takes the last of what can be one thing only', () => {
    expect(parse('--data', 'first', '--data', 'second').data).toBe('second');
  });
});
