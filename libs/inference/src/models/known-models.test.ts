import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { writeDemoModels } from '../demo/write-demo-models.js';
import { chooseEmbedder, type EmbedderChoice } from './choose-models.js';
import { findKnownVectors } from './known-models.js';

async function exampleModel(): Promise<EmbedderChoice> {
  const folder = await temporaryFolder();
  const { embedder } = await writeDemoModels(folder);
  const common = { precision: 'fp32', preprocess: 'exact' } as const;
  return { ...common, dataDir: folder, cacheDir: join(folder, 'cache'), embedder };
}

describe('findKnownVectors', () => {
  it('knows what the example model makes of built-in images', async () => {
    const { recipe } = await chooseEmbedder(await exampleModel());
    const known = await findKnownVectors(recipe);
    expect(known?.map(({ vector }) => vector.length)).toEqual([512, 512]);
    const [first = new Float32Array()] = known?.map(({ vector }) => vector) ?? [];
    expect(Math.hypot(...first)).toBeCloseTo(23.397, 3);
  });

  it('knows nothing of other pixels, nor of other models', async () => {
    const choice = await exampleModel();
    const { recipe: fast } = await chooseEmbedder({ ...choice, preprocess: 'fast' });
    expect(await findKnownVectors(fast)).toBeUndefined();
    const model = { ...fast.model, sha256: '0'.repeat(64) };
    expect(await findKnownVectors({ ...fast, model })).toBeUndefined();
  });
});
