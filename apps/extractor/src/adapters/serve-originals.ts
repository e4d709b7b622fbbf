import { serveImageBytes, type Bus, type ImageBytesServer } from '@cullstream/bus';
import { createRetryingReader, createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import type { SourceGuard } from '@cullstream/imaging/archive';
import type { ServiceMetrics } from '@cullstream/runtime';
import type { ExtractorSettings } from '../settings.js';

/** Serves the bytes of images to embedders that cannot read the originals, until it is stopped. */
export async function serveOriginals(
  bus: Bus,
  {
    originals: originalsDir,
    run,
    readTimeout,
  }: Pick<ExtractorSettings, 'originals' | 'run' | 'readTimeout'>,
  { metrics, guard }: { readonly metrics: ServiceMetrics; readonly guard: SourceGuard },
): Promise<ImageBytesServer> {
  const reader = createSourceReader({
    originalsDir,
    maxBytes: MAX_IMAGE_BYTES,
    answerWithinMs: readTimeout * 1_000,
    onRead: (stage, durationMs, bytes) => metrics.observe(stage, durationMs / 1_000, bytes),
  });
  const leaving = new AbortController();
  const patient = createRetryingReader(reader, { guard, signal: leaving.signal });
  const lending = await serveImageBytes(bus, { run, read: (source) => patient.read(source) });
  return {
    async stop() {
      leaving.abort();
      await lending.stop();
      await patient.close();
    },
  };
}
