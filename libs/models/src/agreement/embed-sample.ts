import { availableParallelism } from 'node:os';
import {
  PermanentError,
  type Device,
  type ImageSource,
  type Preprocessing,
} from '@cullstream/contracts';
import { createEmbeddingEngine, type Embedded } from '@cullstream/embedding';
import type { SourceReader } from '@cullstream/imaging';
import type { Unit } from './take-sample.js';

export interface EmbeddedSample {
  /** Has the shape of the sample. Undefined for an image that cannot be decoded. */
  readonly groups: readonly (readonly (Embedded | undefined)[])[];
  /** Includes reading and decoding. */
  readonly imagesPerSecond: number;
}

const BATCH = 8;

/**
 * Embeds a sample like the embedder, on all processor cores, or with one session on another device.
 */
export async function embedSample(
  sample: readonly Unit<ImageSource>[],
  reader: SourceReader,
  model: {
    readonly modelPath: string;
    readonly preprocess: Preprocessing;
    readonly device: Device;
  },
): Promise<EmbeddedSample> {
  const engine = await createEmbeddingEngine({
    ...model,
    workers: model.device === 'cpu' ? availableParallelism() : 1,
    intraOpThreads: 1,
    batchSize: BATCH,
  });
  try {
    const sources = sample.flat();
    const results = new Array<Embedded | undefined>(sources.length);
    const startedAt = performance.now();
    const next = sources.entries();
    const work = async (): Promise<void> => {
      for (const [index, source] of next) {
        results[index] = await embedOne(source, reader, (bytes) => engine.embed(bytes));
      }
    };
    await Promise.all(Array.from({ length: engine.capacity }, work));
    const seconds = (performance.now() - startedAt) / 1_000;
    let from = 0;
    const groups = sample.map((unit) => results.slice(from, (from += unit.length)));
    return { groups, imagesPerSecond: sources.length / seconds };
  } finally {
    await engine.close();
  }
}

async function embedOne(
  source: ImageSource,
  reader: SourceReader,
  embed: (bytes: Uint8Array) => Promise<Embedded>,
): Promise<Embedded | undefined> {
  try {
    return await embed(await reader.read(source));
  } catch (error) {
    if (error instanceof PermanentError) return undefined;
    throw error;
  }
}
