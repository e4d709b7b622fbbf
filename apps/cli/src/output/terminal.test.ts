import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { createTerminal } from './terminal.js';

it('wraps sentences on a terminal, leaves JSON whole, and wraps nothing in a file', () => {
  const sentence = 'there is no promotion to take back; nothing was written';
  const document = JSON.stringify({ undone: null, projects: ['a project', 'another'] });
  const printed = (isTTY: boolean) => {
    const stdout = Object.assign(new PassThrough(), { isTTY, columns: 20 });
    const stderr = Object.assign(new PassThrough(), { isTTY: false });
    const terminal = createTerminal(
      stdout as unknown as NodeJS.WriteStream,
      stderr as unknown as NodeJS.WriteStream,
    );
    terminal.print(sentence);
    terminal.print(document);
    return String(stdout.read());
  };
  expect(printed(true).split('\n')).toEqual([
    'there is no',
    '  promotion to take',
    '  back; nothing was',
    '  written',
    document,
    '',
  ]);
  expect(printed(false)).toBe(`${sentence}\n${document}\n`);
});
