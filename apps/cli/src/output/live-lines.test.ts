import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLiveLines, type LiveLines } from './live-lines.js';

const ESCAPE = '\u001B';
const SEQUENCES = new RegExp(`${ESCAPE}(?:\\[([?;\\d]*)([A-Za-z])|([78]))|([^])`, 'gu');

interface Row {
  text: string;
  /** Whether this row continues the row above, which was wrapped at the edge of the terminal. */
  isRest?: boolean;
}

/** A screen that handles output like tmux, as far as live lines need it. */
class Screen extends EventEmitter {
  /** The width that the program has been notified of. */
  columns = 40;
  rows = 10;
  #size = { columns: 40, rows: 10 };
  history: Row[] = [];
  #screen: Row[] = Array.from({ length: 10 }, () => ({ text: '' }));
  #row = 0;
  #saved = 0;
  #wraps = true;

  write(text: string): boolean {
    for (const [, value = '', sequence, cursor, character] of text.matchAll(SEQUENCES)) {
      if (character !== undefined) this.#put(character);
      else if (cursor === '7') this.#saved = this.#row;
      else if (cursor === '8') this.#row = this.#saved;
      else if (value === '?7') this.#wraps = sequence === 'h';
      else if (sequence === 'A') this.#moveTo(this.#row - Number(value));
      else if (sequence === 'E') this.#moveTo(this.#row + 1);
      else if (sequence === 'H') this.#moveTo(Number.parseInt(value, 10) - 1);
      else if (value === '2' && sequence === 'K') this.#screen[this.#row] = { text: '' };
      else throw new Error(`unknown: ${value}${sequence}`);
    }
    return true;
  }

  /**
   * Wraps lines again for the new width. Rows that do not fit leave at the top, even where rows at
   * the bottom are empty.
   */
  resize(columns: number, rows: number, { isTold = true } = {}): void {
    const lines: { text: string; hasCursor: boolean }[] = [];
    [...this.history, ...this.#screen].forEach(({ text, isRest }, index) => {
      const hasCursor = index === this.history.length + this.#row;
      if (isRest === true) lines.push({ ...joined(lines.pop(), text), hasCursor });
      else lines.push({ text, hasCursor });
    });
    const all: (Row & { hasCursor: boolean })[] = lines.flatMap(({ text, hasCursor }) =>
      (text.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']).map((part, index) => ({
        ...{ text: part, isRest: index > 0, hasCursor: hasCursor && index === 0 },
      })),
    );
    // When the screen gets lower, rows below the cursor are removed first.
    const cursorAt = () => all.findIndex(({ hasCursor }) => hasCursor);
    for (let over = this.#size.rows - rows; over > 0 && cursorAt() < all.length - 1; over--)
      all.pop();
    while (all.length < rows) all.push({ text: '', hasCursor: false });
    this.history = all.slice(0, all.length - rows);
    this.#screen = all.slice(all.length - rows);
    this.#row = Math.max(0, cursorAt() - this.history.length);
    this.#size = { columns, rows };
    if (isTold) this.tell();
  }

  tell(): void {
    Object.assign(this, this.#size);
    this.emit('resize');
  }

  /** All rows that were written and not erased, without empty ones. */
  get text(): string[] {
    return [...this.history, ...this.#screen].map(({ text }) => text).filter((text) => text !== '');
  }

  #put(character: string): void {
    if (character === '\r') return;
    if (character === '\n') return this.#feed();
    const row = this.#screen[this.#row];
    if (row === undefined) throw new Error('the cursor is nowhere');
    if (row.text.length < this.#size.columns) row.text += character;
    else if (this.#wraps) {
      this.#feed();
      this.#screen[this.#row] = { text: character, isRest: true };
    }
  }

  #feed(): void {
    if (this.#row < this.#size.rows - 1) this.#row += 1;
    else {
      this.history.push(...this.#screen.splice(0, 1));
      this.#screen.push({ text: '' });
    }
  }

  #moveTo(row: number): void {
    this.#row = Math.min(Math.max(0, row), this.#size.rows - 1);
  }
}

const joined = (line: { text: string } | undefined, more: string) => ({
  text: `${line?.text ?? ''}${more}`,
});

describe('live lines', () => {
  let screen: Screen;
  let live: LiveLines;
  beforeEach(() => {
    screen = new Screen();
    live = createLiveLines(screen as unknown as NodeJS.WriteStream);
  });
  const bars = (count: number) => (columns: number) =>
    Array.from({ length: count }, (_unused, index) => `${index} ${'='.repeat(columns - 2)}`);

  it('are replaced by others, more or fewer', () => {
    for (const lines of [['a 1', 'b 1'], ['a 2', 'b 2', 'c 2'], ['a 3']]) {
      live.show(() => lines);
      expect(screen.text).toEqual(lines);
    }
  });

  it('stay below what passes above them, however much', () => {
    live.show(() => ['all 10 %', 'aurora']);
    const passed = Array.from({ length: 30 }, (_unused, index) => `project ${index}: success`);
    for (const line of passed) live.above(line);
    live.show(() => ['all 20 %']);
    expect(screen.text).toEqual([...passed, 'all 20 %']);
  });

  it('leave nothing behind when they are closed, and are not drawn again', () => {
    screen.write('before\n');
    live.show(() => ['all', 'one']);
    live.close();
    screen.resize(30, 10);
    screen.write('after\n');
    expect(screen.text).toEqual(['before', 'after']);
  });

  it('are cut where they are wider than the terminal, wide characters too', () => {
    live.show((columns) => ['x'.repeat(columns), 'x'.repeat(columns + 1), '写'.repeat(30)]);
    expect(screen.text).toEqual(['x'.repeat(39), `${'x'.repeat(38)}…`, `${'写'.repeat(19)}…`]);
  });

  it('are never more than fit below each other', () => {
    live.show(bars(30));
    live.show(bars(30));
    expect(screen.text).toHaveLength(9);
  });

  it.each([1, 12])('are drawn anew for another size, without ghosts (after %i lines)', (count) => {
    const before = Array.from({ length: count }, (_unused, index) => `before ${index}`);
    screen.write(before.map((line) => `${line}\n`).join(''));
    live.show(bars(2));
    for (const [columns, rows] of [
      ...[
        [20, 10],
        [20, 4],
        [60, 12],
        [30, 12],
        [30, 5],
        [40, 10],
      ],
    ] as [number, number][]) {
      screen.resize(columns, rows);
      expect(screen.text).toEqual([...before, ...bars(2)(columns - 1)]);
      live.above(`now ${columns}`);
      before.push(`now ${columns}`);
      expect(screen.text).toEqual([...before, ...bars(2)(columns - 1)]);
    }
  });

  it('leave no ghosts where the terminal tells late of its size', () => {
    screen.write('before\n');
    live.show(bars(2));
    screen.resize(20, 10, { isTold: false });
    live.show(bars(2));
    screen.tell();
    expect(screen.text).toEqual(['before', ...bars(2)(19)]);
  });

  it('never erase a whole screen in one go, of which tmux would keep a copy', () => {
    const written: string[] = [];
    screen.write = (text) => written.push(text) > 0;
    live.show(() => ['a', 'b']);
    screen.emit('resize');
    live.close();
    expect(written.join('')).not.toContain('J');
  });

  it('keep within 80 columns and 24 rows where the terminal does not tell', () => {
    Object.assign(screen, { columns: 0 });
    let told = 0;
    live.show((columns) => [String((told = columns))]);
    expect(told).toBe(79);
  });
});
