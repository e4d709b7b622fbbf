import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddingCache, readSelfCheck, selfCheckPath } from '@cullstream/cache';
import { ConfigurationError, type EmbeddingRecipe } from '@cullstream/contracts';
import { chooseEmbedder, writeDemoModels } from '@cullstream/inference';
import { silentLog } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runSelfCheck } from './run-self-check.js';

const model = { file: 'clip.pt', sha256: 'a'.repeat(64) };
const unknown: EmbeddingRecipe = {
  ...{ id: '1111111111111111', model, preprocessing: 'exact-1', precision: 'fp32' },
};

/** An engine that gives every image the same vector. */
function makeEngine(value: number) {
  const vector = new Float32Array(512).fill(value);
  return {
    embed: () => Promise.resolve({ vector, widthPx: 19, heightPx: 13 }),
    close: () => Promise.resolve(),
  };
}

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-check-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function check(value: number, recipe = unknown, device: 'cpu' | 'cuda' = 'cpu') {
  await openEmbeddingCache({ dataDir, recipe, log: silentLog });
  const startOnProcessor = () => Promise.resolve(makeEngine(1));
  return runSelfCheck(makeEngine(value), { dataDir, recipe, device, startOnProcessor });
}

const firstKept = () => readSelfCheck({ dataDir, recipe: unknown })?.vectors[0]?.vector[0];

describe('an embedder', () => {
  it('keeps what a model makes of built-in images, and holds to it', async () => {
    await check(1);
    await check(1.0005);
    const drifted = check(1.1);
    await expect(drifted).rejects.toBeInstanceOf(ConfigurationError);
    await expect(drifted).rejects.toThrow(
      /^self-check: .* off by 10\.0 % from those this cache was begun with \(.*self-check\.json/,
    );
    expect(firstKept()).toBe(1);
  });

  it('holds to what the vectors in a bucket were begun with by another machine', async () => {
    await check(1);
    const own = readSelfCheck({ dataDir, recipe: unknown });
    const withShared = (value: number) =>
      runSelfCheck(makeEngine(1), {
        ...{ dataDir, recipe: unknown, device: 'cpu' },
        startOnProcessor: () => Promise.resolve(makeEngine(1)),
        shared: {
          path: 's3://bucket/self-check.json',
          readOr: (kept) => {
            expect(kept).toEqual(own);
            const vector = new Float32Array(512).fill(value);
            const vectors = kept.vectors.map(({ image }) => ({ image, vector }));
            return Promise.resolve({ ...kept, vectors });
          },
        },
      });
    await withShared(1.0005);
    await expect(withShared(1.1)).rejects.toThrow(
      /off by .* % from those this cache was begun with \(s3:\/\/bucket\/self-check\.json/,
    );
  });

  it('begins a cache by what the processor computes, whatever its device', async () => {
    await check(1.0001, unknown, 'cuda');
    expect(firstKept()).toBe(1);
  });

  it('writes nothing where a device is too far from the processor', async () => {
    await expect(check(1.01, unknown, 'cuda')).rejects.toThrow('nothing is written to the cache');
  });

  it('holds a known model to its known vectors', async () => {
    const { embedder } = await writeDemoModels(join(dataDir, 'models'));
    const common = { precision: 'fp32', preprocess: 'exact' } as const;
    const cacheDir = join(dataDir, 'cache');
    const { recipe } = await chooseEmbedder({ ...common, dataDir, cacheDir, embedder });
    await expect(check(1, recipe)).rejects.toThrow('those that demo_clip_small.onnx is known by');
    expect(selfCheckPath({ dataDir, recipe })).toBeDefined();
    expect(readSelfCheck({ dataDir, recipe })).toBeUndefined();
  });
});
