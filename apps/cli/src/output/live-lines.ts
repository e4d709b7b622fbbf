import stringWidth from 'string-width';
import { fitColumns } from './wrap-text.js';

export interface LiveLines {
  /** Replaces what is shown. Lines are cut at the terminal's width, and there are never too many. */
  show(lines: readonly string[]): void;
  /** Writes a line for good, above what is shown. */
  above(line: string): void;
  /** Takes away what is shown. */
  close(): void;
}

const UP = (rows: number) => (rows > 0 ? `\u001B[${rows}A` : '');
const ERASE_BELOW = '\r\u001B[0J';

/** Lines at the bottom of a terminal that are replaced, while others pass above them. */
export function createLiveLines(stream: NodeJS.WriteStream): LiveLines {
  let wanted: readonly string[] = [];
  let widths: readonly number[] = [];
  const columns = () => (stream.columns > 0 ? stream.columns : 80);
  // A terminal that became narrower has broken what was shown into more rows.
  const erase = () =>
    UP(widths.reduce((rows, width) => rows + Math.max(1, Math.ceil(width / columns())), 0)) +
    ERASE_BELOW;
  const draw = (before: string) => {
    const room = Math.max(1, (stream.rows > 0 ? stream.rows : 24) - 1);
    const lines = wanted.slice(0, room).map((line) => fitColumns(line, columns() - 1));
    const erased = widths.length > 0 ? erase() : '';
    widths = lines.map((line) => stringWidth(line));
    stream.write(erased + before + lines.map((line) => `${line}\n`).join(''));
  };
  const redraw = () => draw('');
  stream.on('resize', redraw);
  return {
    show(lines) {
      wanted = lines;
      draw('');
    },
    above: (line) => draw(`${line}\n`),
    close() {
      stream.off('resize', redraw);
      wanted = [];
      draw('');
    },
  };
}
