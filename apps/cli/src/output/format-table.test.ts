import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatTable } from './format.js';

describe('a table', () => {
  const head = ['project', 'state', 'images'];
  const rows = [['a project with a long name of many words', 'complete', 12_345]];

  it('is as wide as it has to be where there is room', () => {
    expect(formatTable(head, rows, Infinity)).toContain('a project with a long name of many words');
  });

  it.each([60, 40])('fits a terminal of %i columns, and keeps every character', (columns) => {
    const table = formatTable(head, rows, columns);
    for (const line of table.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    const first = table.split('\n').map((line) => line.split('│')[1]?.trim() ?? '');
    expect(first.join('').replaceAll(' ', '')).toContain('aprojectwithalongnameofmanywords');
    expect(table).toContain('12,345');
  });
});
