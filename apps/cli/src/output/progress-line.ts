import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';

export interface ProgressLine {
  /** @param isLast shows the line even if the previous one was shown only a moment ago */
  show(line: string, isLast?: boolean): void;
  close(): void;
}

const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/**
 * Shows the progress of a command. A terminal shows one line that is replaced. Other outputs get a
 * line every few seconds.
 */
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
