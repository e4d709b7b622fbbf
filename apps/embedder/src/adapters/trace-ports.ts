import type { Span } from '@cullstream/runtime';
import type { EmbeddingPorts } from '../core/resolve-embedding.js';

type Embedded = Awaited<ReturnType<EmbeddingPorts['embed']>>;

/** The same ports, but each call for an image is traced as a child of its span. */
export function tracePorts(ports: EmbeddingPorts, span: Span | undefined): EmbeddingPorts {
  if (span === undefined) return ports;
  const { cache } = ports;
  return {
    ...ports,
    read: (...image) => span.during('read', () => ports.read(...image)),
    embed: (...image) => span.during('decode and infer', () => ports.embed(...image), toAttributes),
    cache: {
      ...cache,
      readVector: (sha256) => span.during('look up', () => cache.readVector(sha256)),
      store: (request) => span.during('store', () => cache.store(request)),
    },
  };
}

/** Durations of the work itself, without the time spent waiting for a thread. */
function toAttributes({ timings = [] }: Embedded): Record<string, number> {
  return Object.fromEntries(
    timings.map(({ stage, durationMs }) => [`cullstream.${stage}_ms`, durationMs]),
  );
}
