import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it } from 'vitest';
import { createLiveLines, type LiveLines } from './live-lines.js';

const ESCAPE = '\u001B';
const SEQUENCES = new RegExp(`${ESCAPE}\\[(?:(\\d+)A|([02][JK]))|([^])`, 'gu');

/** A screen that does what terminals do with what is written: as much of it as live lines need. */
class Screen extends EventEmitter {
  columns = 40;
  rows = 10;
  #lines: string[] = [''];
  #row = 0;

  write(text: string): boolean {
    for (const [, up, erase, other = ''] of text.matchAll(SEQUENCES)) {
      if (up !== undefined) this.#row = Math.max(this.#top, this.#row - Number(up));
      else if (erase === '0J') this.#lines.splice(this.#row, Infinity, '');
      else if (erase === '2K') this.#lines[this.#row] = '';
      else if (other === '\n') this.#row += 1;
      else if (other !== '\r') this.#lines[this.#row] = `${this.#lines[this.#row] ?? ''}${other}`;
      this.#lines[this.#row] ??= '';
    }
    return true;
  }

  /** Breaks lines that are too long, as terminals do. */
  resize(columns: number, rows: number): void {
    this.columns = columns;
    this.rows = rows;
    const parts = (line: string) => line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
    this.#lines = this.#lines.slice(0, this.#row + 1).flatMap(parts);
    this.#row = this.#lines.length - 1;
    this.emit('resize');
  }

  /** All that was ever written and stands yet. */
  get text(): string[] {
    return this.#lines.slice(0, this.#row);
  }

  /** Nothing moves into what has scrolled away. */
  get #top(): number {
    return Math.max(0, this.#lines.length - this.rows);
  }
}

describe('live lines', () => {
  let screen: Screen;
  let live: LiveLines;
  beforeEach(() => {
    screen = new Screen();
    live = createLiveLines(screen as unknown as NodeJS.WriteStream);
  });

  it('are replaced by others, more or fewer', () => {
    for (const lines of [['a 1', 'b 1'], ['a 2', 'b 2', 'c 2'], ['a 3']]) {
      live.show(() => lines);
      expect(screen.text).toEqual(lines);
    }
  });

  it('stay below what passes above them', () => {
    live.show(() => ['all 10 %']);
    live.above('aurora: success');
    live.above('meadow: success');
    live.show(() => ['all 20 %']);
    expect(screen.text).toEqual(['aurora: success', 'meadow: success', 'all 20 %']);
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
    live.show(() => Array.from({ length: 30 }, (_unused, index) => `line ${index}`));
    live.show(() => Array.from({ length: 30 }, (_unused, index) => `line ${index}`));
    expect(screen.text).toHaveLength(9);
  });

  it('are drawn anew for a terminal that becomes narrower or wider, without ghosts', () => {
    screen.write('before\n');
    live.show((columns) => [`${columns} columns`, '='.repeat(columns)]);
    screen.resize(16, 10);
    expect(screen.text).toEqual(['before', '15 columns', '='.repeat(15)]);
    screen.resize(60, 12);
    expect(screen.text).toEqual(['before', '59 columns', '='.repeat(59)]);
  });

  it('never erase a whole screen in one go, of which tmux would keep a copy', () => {
    const written: string[] = [];
    screen.write = (text) => written.push(text) > 0;
    live.show(() => ['a', 'b']);
    live.show(() => ['c', 'd']);
    live.close();
    expect(written.join('')).not.toContain(`A\r${ESCAPE}[0J`);
  });

  it('keep within 80 columns and 24 rows where the terminal does not tell', () => {
    Object.assign(screen, { columns: 0, rows: 0 });
    live.show((columns) => [String(columns)]);
    expect(screen.text).toEqual(['79']);
  });
});
