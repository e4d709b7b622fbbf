import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingRecipe, VectorForm } from '@cullstream/contracts';
import { afterEach, beforeEach } from 'vitest';
import type { StoreRequest } from '../cache-types.js';
import { openEmbeddingCache } from '../embedding-cache.js';

export const RUN = '20260131T094500Z-k3x9';

export const recipe: EmbeddingRecipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};

/** A new data folder for each test, and the warnings that were logged. */
export function useCacheFolder(vectors: VectorForm = 'files') {
  const warnings: string[] = [];
  const folder = {
    ...{ dataDir: '', root: '', indexFile: '', warnings },
    log: { warn: (_fields: object, message: string) => warnings.push(message) },
    open: (with_ = recipe, form: VectorForm = vectors) =>
      openEmbeddingCache({
        dataDir: folder.dataDir,
        recipe: with_,
        vectors: form,
        log: folder.log,
      }),
    toVectorPath: ({ sha256 }: StoreRequest) => join(folder.root, `${sha256.slice(0, 16)}.npy`),
    indexLines: () => readFileSync(folder.indexFile, 'utf8').trimEnd().split('\n'),
  };
  beforeEach(() => {
    folder.dataDir = mkdtempSync(join(tmpdir(), 'cullstream-cache-'));
    folder.root = join(folder.dataDir, 'ai_data/embeddings');
    folder.indexFile = join(folder.dataDir, 'ai_data/cache/processed_images.jsonl');
    warnings.length = 0;
  });
  afterEach(() => rmSync(folder.dataDir, { recursive: true, force: true }));
  return folder;
}

export function image(name: string, change: Partial<StoreRequest> = {}): StoreRequest {
  const sha256 = createHash('sha256').update(name).digest('hex');
  return {
    alias: { project: 'dalia', entry: `${name}.png`, size: 1000, crc32: 77 },
    sha256,
    widthPx: 640,
    heightPx: 480,
    vector: Float32Array.from({ length: 512 }, (_, index) => Math.fround(index / 3)),
    run: RUN,
    origin: 'computed',
    ...change,
  };
}
