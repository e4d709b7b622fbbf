import { Presets, SingleBar } from 'cli-progress';
import type { Terminal } from '../output/terminal.js';

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
  return terminal.isInteractive ? createBar() : createLines(terminal);
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

function createBar(): PullProgress {
  const format = '{bar} {percentage}% {note}, {eta_formatted} left';
  const bar = new SingleBar(
    { format, hideCursor: true, clearOnComplete: true, stream: process.stderr },
    Presets.shades_classic,
  );
  let isShown = false;
  return {
    update(receivedBytes, totalBytes) {
      const note = describe(receivedBytes, totalBytes);
      const size = totalBytes ?? receivedBytes;
      if (!isShown) bar.start(size, receivedBytes, { note });
      isShown = true;
      bar.setTotal(size);
      bar.update(receivedBytes, { note });
    },
    close: () => bar.stop(),
  };
}
