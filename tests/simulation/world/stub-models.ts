import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { startEmbedder } from '@cullstream/embedder/service';
import { PermanentError } from '@cullstream/contracts';
import type { ChosenModels } from '@cullstream/inference';
import type { startPredictor } from '@cullstream/predictor/service';
import { machine } from '../machine/machine.js';
import { DAMAGED_BYTES } from './example.js';

type OpenEncoder = NonNullable<Parameters<typeof startEmbedder>[2]>;
type OpenModels = NonNullable<Parameters<typeof startPredictor>[2]>;

const LENGTH = 512;
const CAPACITY = 4;
const BUDGET_BYTES = 1_000_000;
const LEAST_MS = 2;
const MOST_MS = 40;

/** Takes a moment of virtual time, as work in another thread does. */
function compute<T>(work: () => T): Promise<T> {
  const { current } = machine;
  if (current === undefined) throw new Error('outside of the simulation');
  return machine.later(current, machine.random.between(LEAST_MS, MOST_MS), work);
}

/** An image encoder whose vectors are cheap and the same for the same bytes. */
export function stubEncoder({ embeddingRecipe: recipe }: ChosenModels): OpenEncoder {
  return () =>
    Promise.resolve({
      recipe,
      engine: {
        capacity: CAPACITY,
        unusable: new Promise<never>(() => undefined),
        embed: (bytes: Uint8Array) => compute(() => toEmbedded(bytes)),
        close: () => Promise.resolve(),
      },
      startChecksums: () => ({
        crc32: (bytes: Uint8Array) => compute(() => ({ bytes, crc32: crc32(bytes) })),
        sha256: (bytes: Uint8Array) =>
          compute(() => ({ bytes, sha256: toSha256(bytes).toString('hex'), durationMs: 0 })),
        close: () => Promise.resolve(),
      }),
      imageBudget: () => Promise.resolve(BUDGET_BYTES),
    });
}

/** Ranker and crop proposer that take their results from the vector. */
export function stubModels({ predictionRecipe: recipe }: ChosenModels): OpenModels {
  return () =>
    Promise.resolve({
      recipe,
      predictor: {
        predict: (images) =>
          compute(() =>
            images.map(({ vector }) => ({
              score: vector[0] ?? 0,
              crop: [0.1, 0.2, 0.5 + (vector[1] ?? 0) / 4, 0.9],
            })),
          ),
        release: () => Promise.resolve(),
      },
      clock: { time: (work) => work() },
    });
}

function toEmbedded(bytes: Uint8Array) {
  if (bytes.length <= DAMAGED_BYTES) {
    throw new PermanentError('image-truncated', 'the image ends early');
  }
  const digest = toSha256(bytes);
  const vector = Float32Array.from({ length: LENGTH }, (_unused, index) => {
    return (digest[index % digest.length] ?? 0) / 256 + index / 1_000;
  });
  return { vector, widthPx: 24, heightPx: 28 };
}

function toSha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
