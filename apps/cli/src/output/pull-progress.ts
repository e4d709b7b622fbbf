import { createLiveLines } from './live-lines.js';
import type { Terminal } from './terminal.js';

export interface PullProgress {
  update(receivedBytes: number, totalBytes: number | undefined): void;
  close(): void;
}

const LINE_EVERY_MS = 5_000;

/** `12.3 of 337.6 MB` */
function describe(receivedBytes: number, totalBytes: number | undefined): string {
  const received = (receivedBytes / 1e6).toFixed(1);
  return totalBytes === undefined
    ? `${received} MB`
    : `${received} of ${(totalBytes / 1e6).toFixed(1)} MB`;
}

/** A bar for a person at a terminal, a line every few seconds elsewhere. */
export function createPullProgress(terminal: Terminal): PullProgress {
  return terminal.isInteractive ? createBar(terminal) : createLines(terminal);
}

function createLines(terminal: Terminal): PullProgress {
  let lastLineMs = performance.now();
  return {
    update(receivedBytes, totalBytes) {
      const isLast = receivedBytes === totalBytes;
      if (!isLast && performance.now() - lastLineMs < LINE_EVERY_MS) return;
      lastLineMs = performance.now();
      terminal.note(`received ${describe(receivedBytes, totalBytes)}`);
    },
    close: () => undefined,
  };
}

function createBar(terminal: Terminal): PullProgress {
  const live = createLiveLines(terminal.progress);
  return {
    update(receivedBytes, totalBytes) {
      const share =
        totalBytes === undefined || totalBytes === 0
          ? ''
          : `${Math.floor((100 * receivedBytes) / totalBytes)} %, `;
      live.show(() => [`received ${share}${describe(receivedBytes, totalBytes)}`]);
    },
    close: () => live.close(),
  };
}
