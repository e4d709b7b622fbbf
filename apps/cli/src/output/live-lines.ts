import { fitColumns } from '@cullstream/report';

export interface LiveLines {
  /**
   * Replaces the lines that are shown, now and whenever the size of the terminal changes. Lines
   * that are too wide are cut, and lines that do not fit on the screen are left out.
   * @param draw returns the lines for a width in columns
   */
  show(draw: (columns: number) => readonly string[]): void;
  /** Writes a permanent line above the live lines. */
  above(line: string): void;
  /** Erases the live lines. */
  close(): void;
}

const ESCAPE = '\u001B';
const ERASE_LINE = `${ESCAPE}[2K`;
/** These sequences do not scroll: in the last row, the cursor stays in that row. */
const NEXT_ROW = `${ESCAPE}[E`;
const LAST_ROW = `${ESCAPE}[999;1H`;
const UP = (rows: number) => (rows > 0 ? `${ESCAPE}[${rows}A` : '');
const [SAVE_CURSOR, RESTORE_CURSOR] = [`${ESCAPE}7`, `${ESCAPE}8`];
/** With wrapping off, a terminal that has become narrower cuts lines instead of scrolling. */
const [WRAP_OFF, WRAP_ON] = [`${ESCAPE}[?7l`, `${ESCAPE}[?7h`];
/** One column is left free, because some terminals start a new row after a full line. */
const MARGIN = 1;

/**
 * Shows lines in the last rows of a terminal that are replaced, while permanent lines are written
 * above them. Between updates the cursor is at the start of the row for the next permanent line.
 * Terminals that wrap lines again after a change of width move the cursor along, so everything
 * below it can be erased. When tmux gets narrower, rows that do not fit leave at the top, even if
 * rows at the bottom are empty. For this reason the live lines are at the bottom of the screen.
 */
export function createLiveLines(stream: NodeJS.WriteStream): LiveLines {
  let wanted: (columns: number) => readonly string[] = () => [];
  let shown = 0;
  const rows = () => (stream.rows > 0 ? stream.rows : 24);
  const fitting = () => (stream.columns > 0 ? stream.columns : 80) - MARGIN;
  /** Erases row by row, because tmux saves a copy of a screen that is erased at once. */
  const eraseBelow = () =>
    `${SAVE_CURSOR}${`${ERASE_LINE}${NEXT_ROW}`.repeat(rows())}${RESTORE_CURSOR}`;
  const draw = ({ above, isResized = false }: { above?: string; isResized?: boolean } = {}) => {
    const columns = fitting();
    const lines = wanted(columns)
      .slice(0, Math.max(1, rows() - 1))
      .map((line) => `${ERASE_LINE}${fitColumns(line, columns)}`);
    if (lines.length + shown === 0 && above === undefined) return;
    const isRedrawn = isResized || above !== undefined || lines.length !== shown;
    const more = lines.length - 1;
    shown = lines.length;
    stream.write(
      [
        '\r',
        isRedrawn ? eraseBelow() : '',
        above === undefined ? '' : `${above}\n`,
        // Scrolls to make room for the lines, then moves the cursor back.
        more > 0 ? `${'\n'.repeat(more)}${UP(more)}` : '',
        ...(shown > 0
          ? [SAVE_CURSOR, WRAP_OFF, LAST_ROW, UP(more), lines.join(NEXT_ROW), WRAP_ON]
          : []),
        shown > 0 ? RESTORE_CURSOR : '',
      ].join(''),
    );
  };
  const redraw = () => draw({ isResized: true });
  stream.on('resize', redraw);
  return {
    show(lines) {
      wanted = lines;
      draw();
    },
    above: (line) => draw({ above: line }),
    close() {
      stream.off('resize', redraw);
      wanted = () => [];
      draw();
    },
  };
}
