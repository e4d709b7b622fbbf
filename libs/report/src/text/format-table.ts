import { formatCount } from '@cullstream/contracts';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { wrapText } from './wrap-text.js';

export type TableRow = readonly (string | number)[];

export interface TableLimits {
  /** Width in characters. If it is infinite, the table gets as wide as its contents. */
  readonly columns: number;
  /**
   * Headings of columns that are left out if there is not enough room. The first one is left out
   * first.
   */
  readonly spare?: readonly string[];
}

/**
 * A table with headings and rows, with numbers aligned to the right. If it is too wide, columns
 * that are all zeros are left out, then the spare ones. Text is wrapped, never cut.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly TableRow[],
  { columns, spare = [] }: TableLimits,
): string {
  let shown = head.map((_name, column) => column);
  const pick = <T>(row: readonly T[]): T[] => row.filter((_cell, column) => shown.includes(column));
  const hasRoom = () => fits(pick(head), rows.map(pick), columns);
  if (!hasRoom()) {
    shown = shown.filter((column) => column === 0 || rows.some((row) => hasValue(row[column])));
  }
  for (const name of spare) {
    if (!hasRoom()) shown = shown.filter((column) => head[column] !== name);
  }
  return draw(pick(head), rows.map(pick), columns);
}

const hasValue = (cell: string | number | undefined) =>
  cell !== 0 && cell !== '' && cell !== '-' && cell !== undefined;

function draw(head: readonly string[], rows: readonly TableRow[], columns: number): string {
  const isNumber = head.map((_name, column) =>
    rows.every((row) => typeof row[column] === 'number'),
  );
  const texts = [head, ...rows].map((row) => row.map(toText));
  const widths = fitWidths(texts, columns);
  const wrapped = texts.map((row) =>
    row.map((text, column) => wrapText(text, (widths[column] ?? 0) - PADDING, 0).join('\n')),
  );
  const table = new Table({
    head: wrapped[0] ?? [],
    colAligns: isNumber.map((number) => (number ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
    colWidths: widths,
  });
  table.push(...wrapped.slice(1));
  return table.toString();
}

const toText = (cell: string | number) => (typeof cell === 'number' ? formatCount(cell) : cell);

const PADDING = 2;
const LEAST_WIDTH = PADDING + 3;
/** Longer texts, such as paths, are wrapped first so that other columns need no wrapping. */
const LONG_TEXT = PADDING + 16;

/** Whether the table fits if only long texts are wrapped. */
function fits(head: readonly string[], rows: readonly TableRow[], columns: number): boolean {
  const texts = [head, ...rows].map((row) => row.map(toText));
  return sum(atMost(LONG_TEXT, lineWidths(texts))) + head.length + 1 <= columns;
}

/**
 * Widths of the columns with padding. The widest column is made narrower until all fit. Words are
 * broken only if nothing else helps.
 */
function fitWidths(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths = lineWidths(rows);
  const borders = widths.length + 1;
  const narrow = (least: readonly number[]) => {
    while (sum(widths) + borders > columns) {
      const spare = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
      const column = spare.indexOf(Math.max(...spare));
      if ((spare[column] ?? 0) === 0) return;
      widths[column] = (widths[column] ?? 0) - 1;
    }
  };
  narrow(atMost(LONG_TEXT, widths));
  narrow(atMost(LONG_TEXT, wordWidths(rows)));
  narrow(widths.map(() => LEAST_WIDTH));
  return widths;
}

const lineWidths = (rows: readonly (readonly string[])[]) =>
  widest(rows, (text) => text.split('\n'));
const wordWidths = (rows: readonly (readonly string[])[]) =>
  widest(rows, (text) => text.split(/\s/));

function atMost(most: number, widths: readonly number[]): number[] {
  return widths.map((width) => Math.min(width, most));
}

/** The width of the widest part in each column, with padding. */
function widest(
  rows: readonly (readonly string[])[],
  toParts: (text: string) => string[],
): number[] {
  const [head = []] = rows;
  return head.map((_name, column) => {
    const parts = rows.flatMap((row) => toParts(row[column] ?? ''));
    return PADDING + parts.reduce((most, part) => Math.max(most, stringWidth(part)), 0);
  });
}

function sum(widths: readonly number[]): number {
  return widths.reduce((total, width) => total + width, 0);
}
