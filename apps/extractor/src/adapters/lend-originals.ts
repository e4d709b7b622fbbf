import { lendBytes, type Bus, type Lending } from '@cullstream/bus';
import { createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import type { ServiceMetrics } from '@cullstream/runtime';
import type { ExtractorSettings } from '../settings.js';

/** Lends the bytes of originals to embedders on hosts that have none, until it is stopped. */
export async function lendOriginals(
  bus: Bus,
  { originals: originalsDir, run }: Pick<ExtractorSettings, 'originals' | 'run'>,
  metrics: ServiceMetrics,
): Promise<Lending> {
  const reader = createSourceReader({
    originalsDir,
    maxBytes: MAX_IMAGE_BYTES,
    onRead: (stage, durationMs, bytes) => metrics.observe(stage, durationMs / 1_000, bytes),
  });
  const lending = await lendBytes(bus, { run, read: (source) => reader.read(source) });
  return {
    async stop() {
      await lending.stop();
      await reader.close();
    },
  };
}
