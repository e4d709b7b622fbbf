import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';

export interface ProgressLine {
  /** @param isLast it is shown, however soon after the one before */
  show(line: string, isLast?: boolean): void;
  close(): void;
}

const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/** How far a command is: a line that is replaced at a terminal, one every few seconds elsewhere. */
export function createProgressLine(terminal: Terminal): ProgressLine {
  const live = terminal.isInteractive ? createLiveLines(terminal.progress) : undefined;
  const everyMs = live === undefined ? LINE_EVERY_MS : REDRAW_EVERY_MS;
  let lastMs = live === undefined ? performance.now() : -Infinity;
  return {
    show(line, isLast = false) {
      if (!isLast && performance.now() - lastMs < everyMs) return;
      lastMs = performance.now();
      if (live === undefined) terminal.note(line);
      else live.show(() => [line]);
    },
    close: () => live?.close(),
  };
}
