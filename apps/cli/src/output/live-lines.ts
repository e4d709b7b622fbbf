import { fitColumns } from '@cullstream/report';

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

const ESCAPE = '\u001B';
const ERASE_LINE = `${ESCAPE}[2K`;
/** Neither scrolls: at the last row they stay there. */
const NEXT_ROW = `${ESCAPE}[E`;
const LAST_ROW = `${ESCAPE}[999;1H`;
const UP = (rows: number) => (rows > 0 ? `${ESCAPE}[${rows}A` : '');
const [SAVE_CURSOR, RESTORE_CURSOR] = [`${ESCAPE}7`, `${ESCAPE}8`];
/** A terminal that is narrower by now, and has not told yet, cuts lines instead of scrolling. */
const [WRAP_OFF, WRAP_ON] = [`${ESCAPE}[?7l`, `${ESCAPE}[?7h`];
/** One is left free, so that no terminal begins a row of its own at the end of a full line. */
const MARGIN = 1;

/**
 * Lines in the last rows of a terminal that are replaced, while others pass above them. In between, the
 * cursor stands where the next of those begins: terminals that break lines anew for another width take
 * it along, so all below it can be erased, whatever became of it. What a narrower tmux has no room for
 * leaves at the top, even where rows below were free: so these lines are the last, and not the next.
 */
export function createLiveLines(stream: NodeJS.WriteStream): LiveLines {
  let wanted: (columns: number) => readonly string[] = () => [];
  let shown = 0;
  const rows = () => (stream.rows > 0 ? stream.rows : 24);
  const fitting = () => (stream.columns > 0 ? stream.columns : 80) - MARGIN;
  /** Row by row: tmux keeps a copy of a whole screen that is erased in one go. */
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
        // Makes room, and comes back.
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
