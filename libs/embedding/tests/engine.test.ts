import { ConfigurationError, PermanentError } from '@cullstream/contracts';
import { writeDemoModels } from '@cullstream/inference';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { drawPicture } from '@cullstream/examples';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEmbeddingEngine, type EmbeddingEngine } from '../src/index.js';

/** Shorter than the decode of the largest image, longer than that of a small one. */
const DECODE_LIMIT_MS = 400;
const size = { widthPx: 300, heightPx: 240 };
let temp: TempDir;
let modelPath: string;
let pictures: Buffer[];
let endless: Buffer;
beforeAll(async () => {
  temp = await createTempDir();
  const create = { width: 8_000, height: 8_000, channels: 3, background: 'red' } as const;
  endless = await sharp({ create }).png({ progressive: true, compressionLevel: 1 }).toBuffer();
  modelPath = (await writeDemoModels(temp.path)).embedder;
  pictures = await Promise.all(
    Array.from({ length: 12 }, (_, scene) =>
      drawPicture({ scene, variant: 0, ...size, format: scene % 2 === 0 ? 'png' : 'jpeg' }),
    ),
  );
});
afterAll(() => temp.remove());

async function embedAll(workers: number, intraOpThreads: number) {
  const engine = await start(workers, intraOpThreads);
  try {
    return await Promise.all(pictures.map((bytes) => engine.embed(new Uint8Array(bytes))));
  } finally {
    await engine.close();
  }
}

function start(
  workers: number,
  intraOpThreads: number,
  decodeLimitMs?: number,
  requireUnchanged?: () => Promise<void>,
): Promise<EmbeddingEngine> {
  const listeners = { decodeLimitMs, requireUnchanged };
  const options = { modelPath, preprocess: 'exact', batchSize: 4, ...listeners } as const;
  return createEmbeddingEngine({ ...options, workers, intraOpThreads });
}

describe('the embedding engine', () => {
  it('gives every image its own vector, whether workers decode or threads beside them', async () => {
    const alone = await embedAll(2, 1);
    const beside = await embedAll(1, 2);
    expect(new Set(alone.map(({ vector }) => vector.join())).size).toBe(pictures.length);
    for (const [index, { vector, widthPx, heightPx }] of beside.entries()) {
      expect({ widthPx, heightPx }).toEqual(size);
      // Several threads may add numbers in another order.
      const other = alone[index]?.vector ?? [];
      const apart = vector.map((value, at) => Math.abs(value - (other[at] ?? NaN)));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });

  it.each([
    ['in the worker', 1],
    ['beside it', 2],
  ])('fails a damaged image alone, decoded %s', async (_where, threads) => {
    const engine = await start(1, threads);
    const cut = new Uint8Array(pictures[0] ?? []).slice(0, 2_000);
    const sound = engine.embed(new Uint8Array(pictures[1] ?? []));
    const failing = engine.embed(cut);
    await expect(failing).rejects.toThrow(PermanentError);
    await expect(failing).rejects.toMatchObject({ reason: 'image-truncated' });
    expect((await sound).vector).toHaveLength(512);
    await engine.close();
  });

  it.each([
    ['in the worker', 1],
    ['beside it', 2],
  ])(
    'fails an image whose decode never ends, and replaces its thread, %s',
    async (_where, threads) => {
      const engine = await start(1, threads, DECODE_LIMIT_MS);
      await expect(engine.embed(new Uint8Array(endless))).rejects.toMatchObject({
        reason: 'decode-timeout',
        message: 'decoding it took more than 0.4 s and was ended',
      });
      expect((await engine.embed(new Uint8Array(pictures[1] ?? []))).vector).toHaveLength(512);
      await engine.close();
    },
  );

  it('uses no thread that was replaced when its model was, too', async () => {
    let isReplaced = false;
    const engine = await start(1, 1, DECODE_LIMIT_MS, () =>
      isReplaced ? Promise.reject(new ConfigurationError(['replaced'])) : Promise.resolve(),
    );
    isReplaced = true;
    await expect(engine.embed(new Uint8Array(endless))).rejects.toThrow(PermanentError);
    await expect(engine.embed(new Uint8Array(pictures[1] ?? []))).rejects.toThrow('replaced');
    await engine.close();
  });
});
