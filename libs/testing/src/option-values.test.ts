import { Command, Option } from 'commander';
import { describe, expect, it } from 'vitest';
import { toCount, toNames, toPositive, toSeed, toSeedRange, toSeeds } from './option-values.js';

function parse(read: (text: string) => unknown, text: string): unknown {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  command.addOption(new Option('--value <text>').argParser(read));
  return command.parse(['--value', text], { from: 'user' }).getOptionValue('value');
}

describe('values of options', () => {
  it.each([
    [toCount, '12', 12],
    [toPositive, '0.5', 0.5],
    [toSeed, '0', 0],
    [toSeedRange, '3-5', [3, 5]],
    [toSeedRange, '7', [7, 7]],
    [toSeeds, '3,5-7', [3, 5, 6, 7]],
    [toNames(['png', 'npy']), 'npy,png', ['npy', 'png']],
  ])('are read: %o of %s', (read, text, value) => {
    expect(parse(read, text)).toEqual(value);
  });

  it.each([
    [toCount, '1.5', 'It is no positive whole number.'],
    [toCount, '', 'It is no positive whole number.'],
    [toPositive, '0', 'It is no number above 0.'],
    [toPositive, 'soon', 'It is no number above 0.'],
    [toSeed, '-1', 'It is no whole number.'],
    [toSeedRange, '5-3', '5-3 is no number and no range like 1-20.'],
    [toSeeds, '3,', ' is no number and no range like 1-20.'],
    [toNames(['png', 'npy']), 'npy,gif', 'There is no gif; known: png, npy.'],
  ])('are refused with the name of their option: %o of %j', (read, text, problem) => {
    expect(() => parse(read, text)).toThrow(
      `error: option '--value <text>' argument '${text}' is invalid. ${problem}`,
    );
  });
});
