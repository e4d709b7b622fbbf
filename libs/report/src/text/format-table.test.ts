import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { formatTable } from './format-table.js';

const head = ['project', 'state', 'images', 'failed'];
const NAMES = [
  'a project with a long name of many words',
  '写真の長い名前のプロジェクト東京と京都と大阪の旅行二千二十五年夏',
  'holiday (A & B + 😀) 2024, 👩‍👩‍👧 and all the others',
  'one-word-that-is-longer-than-any-column-and-goes-on-without-a-space-to-its-end',
  'صور العائلة من صيف عام ألفين وخمسة وعشرين',
];
const toRows = (name: string) => [[name, 'complete', 12_345, 0]];

/** The cells of a column, joined to one text. */
function readColumn(table: string, column: number): string {
  const cells = table.split('\n').map((line) => line.split('│')[column + 1] ?? '');
  return cells.join('').replaceAll(/[─┬┼┴\s]/g, '');
}

describe('a table', () => {
  it('is as wide as it has to be where there is room', () => {
    for (const name of NAMES) {
      const table = formatTable(head, toRows(name), { columns: Infinity });
      expect(table).toContain(name);
      expect(table).toContain('failed');
    }
  });

  it.each([100, 80, 60, 40])(
    'fits a terminal of %i columns, and keeps every character',
    (columns) => {
      for (const name of NAMES) {
        const table = formatTable(head, toRows(name), { columns });
        for (const line of table.split('\n')) {
          expect(stringWidth(line), line).toBeLessThanOrEqual(columns);
        }
        expect(readColumn(table, 0)).toBe(`project${name.replaceAll(' ', '')}`);
        expect(table).toContain('complete');
        expect(table).toContain('12,345');
      }
    },
  );

  it('leaves out columns of zeros, and then spare ones, before it breaks words', () => {
    const rows = [['harbour', 'complete', 12_345, 0]];
    const readColumns = (columns: number) =>
      (/project.*/.exec(formatTable(head, rows, { columns, spare: ['state'] }))?.[0] ?? '')
        .split('│')
        .map((cell) => cell.trim())
        .filter((cell) => cell !== '');
    expect(readColumns(40)).toEqual(['project', 'state', 'images', 'failed']);
    expect(readColumns(34)).toEqual(['project', 'state', 'images']);
    expect(readColumns(24)).toEqual(['project', 'images']);
  });
});
