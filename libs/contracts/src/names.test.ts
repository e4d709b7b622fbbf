import { expect, it } from 'vitest';
import { projectName, toProjectName } from './names.js';

const findProblem = (name: string) => projectName.safeParse(name).error?.issues[0]?.message;

it.each(['a', 'Müller', 'हिन्दी', 'A (1) & B + 😀', '1101_Hailey', 'St. Ives', 'x'.repeat(100)])(
  'takes %s for the name of a project',
  (name) => {
    expect(findProblem(name)).toBeUndefined();
  },
);

it.each([
  ['', 'must not be empty'],
  ['a/b', 'must not have "/"'],
  ['..\\x', 'must not have "\\"'],
  ['a "b"', 'must not have a quotation mark'],
  ['a\0', 'must not have the invisible character U+0000'],
  ['..', 'must not be "." or ".."'],
  [' a', 'must not begin or end with a space'],
  ['a\ufffd', 'must not have characters that cannot be read (its name is no UTF-8)'],
  ['a\udce9', 'must not have the invisible character U+DCE9'],
  [
    'a_AI_predictions_temp',
    'must not end with _ai_predictions_temp: it would share the database of another project',
  ],
  ['x'.repeat(101), 'must have at most 100 characters'],
])('refuses %j and says why', (name, why) => {
  expect(findProblem(name)).toBe(why);
});

it('gives one name to what differs in its normal form alone', () => {
  expect(toProjectName('Zoë ガ'.normalize('NFD'))).toBe('Zoë ガ'.normalize('NFC'));
});
