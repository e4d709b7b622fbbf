import { afterAll, expect, test } from 'vitest';
import { inputs, inputsOfTheGate } from './inputs/index.js';
import { judge, runInput, type Outcome } from './run-input.js';

/** `npm run fortress` sets these: all inputs, or those whose names contain a text. */
const { FORTRESS_ALL, FORTRESS_ONLY = '' } = process.env;
const chosen = (FORTRESS_ALL === '1' ? inputs : inputsOfTheGate).filter(
  ({ name, isPossible = true }) => isPossible && name.includes(FORTRESS_ONLY),
);
const rows: string[] = [];

afterAll(() => {
  if (FORTRESS_ALL === '1') console.log(rows.join('\n'));
});

test.each(chosen)('$name', async (input) => {
  const outcome = await runInput(input);
  const problems = judge(input, outcome);
  rows.push(toRow(input.name, outcome, problems.length === 0));
  expect(problems).toEqual([]);
});

function toRow(name: string, outcome: Outcome, isAsExpected: boolean): string {
  const seconds = outcome.processorSeconds.toFixed(1).padStart(6);
  const megabytes = outcome.peakMegabytes.toFixed(0).padStart(5);
  const said = outcome.output.trim().split('\n').at(-1)?.slice(0, 110) ?? '';
  return `${isAsExpected ? 'ok    ' : 'FAILED'} ${name.padEnd(58)} ${seconds} s ${megabytes} MB  ${said}`;
}
