import stringWidth from 'string-width';
import { fitColumns } from './wrap-text.js';

export interface LiveLines {
  /**
   * Replaces what is shown, now and whenever the terminal's size changes. Lines are cut at its width,
   * and there are never too many.
   * @param draw gives the lines for so many columns
   */
  show(draw: (columns: number) => readonly string[]): void;
  /** Writes a line for good, above what is shown. */
  above(line: string): void;
  /** Takes away what is shown. */
  close(): void;
}

const UP = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : '');
const ERASE_LINE = '\u001B[2K';
const ERASE_BELOW = '\u001B[0J';
/** One is left free, so that no terminal begins a row of its own at the end of a full line. */
const MARGIN = 1;

/** Lines at the bottom of a terminal that are replaced, while others pass above them. */
export function createLiveLines(stream: NodeJS.WriteStream): LiveLines {
  let wanted: (columns: number) => readonly string[] = () => [];
  let widths: readonly number[] = [];
  const columns = () => (stream.columns > 0 ? stream.columns : 80);
  // A terminal that became narrower has broken what was shown into more rows.
  const rowsShown = () =>
    widths.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / columns())), 0);
  const draw = (...before: readonly string[]) => {
    const room = Math.max(1, (stream.rows > 0 ? stream.rows : 24) - 1);
    const fitting = columns() - MARGIN;
    const lines = wanted(fitting)
      .slice(0, room)
      .map((line) => fitColumns(line, fitting));
    const rows = rowsShown();
    const text = [...before, ...lines].map((line) => `${ERASE_LINE}${line}\n`).join('');
    // Line by line: tmux keeps a copy of a whole screen that is erased in one go.
    const erased = text === '' ? `${ERASE_LINE}\n`.repeat(rows) + UP(rows) : ERASE_BELOW;
    widths = lines.map((line) => stringWidth(line));
    if (rows > 0) stream.write(`${UP(rows)}\r${text}${erased}`);
    else if (text !== '') stream.write(text);
  };
  const redraw = () => draw();
  stream.on('resize', redraw);
  return {
    show(lines) {
      wanted = lines;
      draw();
    },
    above: (line) => draw(line),
    close() {
      stream.off('resize', redraw);
      wanted = () => [];
      draw();
    },
  };
}
