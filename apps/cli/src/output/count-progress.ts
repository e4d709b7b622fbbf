import { formatCount } from '@cullstream/contracts';
import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';

export interface CountProgress {
  update(project: string, done: number, total: number): void;
  close(): void;
}

const REDRAW_EVERY_MS = 100;
const LINE_EVERY_MS = 5_000;

/** How far a command is in a project: a line that is replaced at a terminal, one every few seconds elsewhere. */
export function createCountProgress(terminal: Terminal): CountProgress {
  const live = terminal.isInteractive ? createLiveLines(terminal.progress) : undefined;
  const everyMs = live === undefined ? LINE_EVERY_MS : REDRAW_EVERY_MS;
  let lastMs = performance.now();
  return {
    update(project, done, total) {
      if (performance.now() - lastMs < everyMs) return;
      lastMs = performance.now();
      const line = `${project}: ${formatCount(done)} of ${formatCount(total)} groups`;
      if (live === undefined) terminal.note(line);
      else live.show(() => [line]);
    },
    close: () => live?.close(),
  };
}
