import { sourceFailureReasons } from '@cullstream/contracts';
import type { Catalogue } from '@cullstream/catalog';
import { readFailures, type RunProgress } from '@cullstream/store';

/** How many failed images are tried, evenly spread: if they can be read, so can the others on their disk. */
const MOST_TRIED = 32;
const MOST_MS = 5_000;

/**
 * Whether an image that a run gave up for its source can be read by now, so that it is worth a run.
 * Reads a few of them, and nothing where none failed so.
 * @param database of the run
 * @param catalogue the very one that the run completed
 */
export async function canReadAgain(
  run: RunProgress,
  database: string,
  { images }: Catalogue,
  originalsDir: string,
): Promise<boolean> {
  if (run.counts.failed === 0) return false;
  const sources = [...readFailures(database)]
    .filter((failure) => failure.run === run.run && sourceFailureReasons.has(failure.reason))
    .flatMap(({ sequence }) => images[sequence]?.source ?? []);
  if (sources.length === 0) return false;
  const { createSourceReader, MAX_IMAGE_BYTES } = await import('@cullstream/imaging');
  const reader = createSourceReader({ originalsDir, maxBytes: MAX_IMAGE_BYTES });
  const untilMs = performance.now() + MOST_MS;
  const step = Math.max(1, sources.length / MOST_TRIED);
  try {
    for (let at = 0; at < sources.length && performance.now() < untilMs; at += step) {
      const source = sources[Math.floor(at)];
      if (source === undefined) break;
      const isRead = await reader.read(source).then(
        () => true,
        () => false,
      );
      if (isRead) return true;
    }
    return false;
  } finally {
    await reader.close();
  }
}
