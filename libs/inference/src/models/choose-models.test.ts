import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { writeCheckpoint } from '../checkpoint/write-checkpoint.js';
import { demoTowerTensors } from '../demo/demo-tensors.js';
import { chooseEmbedder, type EmbedderChoice } from './choose-models.js';
import { sha256OfFile } from './digest-cache.js';

/** An image encoder in a data folder, and a registry that knows it as trained with the exact GELU. */
async function knownEncoder(): Promise<EmbedderChoice & { readonly registry: string }> {
  const dir = await temporaryFolder();
  const embedder = join(dir, 'weights.bin');
  await writeCheckpoint(embedder, demoTowerTensors(1, { width: 64, layers: 1, patchPx: 32 }));
  const registry = join(dir, 'registry');
  await mkdir(registry);
  const sha256 = await sha256OfFile(embedder);
  const descriptor = {
    ...{ name: 'laion', kind: 'image-encoder', description: '', source: '', licence: null },
    files: [{ name: 'laion.bin', format: 'torch-zip', sha256, sizeBytes: null, url: null }],
    ...{ inputs: [], outputs: [], features: null, activation: 'gelu', layers: null },
  };
  await writeFile(join(registry, 'laion.json'), JSON.stringify(descriptor));
  const common = { precision: 'fp32', preprocess: 'exact' } as const;
  return { ...common, embedder, registry, dataDir: dir, cacheDir: join(dir, 'cache') };
}

describe('chooseEmbedder', () => {
  it('gives known weights the activation they were trained with', async () => {
    const choice = await knownEncoder();
    const known = await chooseEmbedder(choice);
    const unknown = await chooseEmbedder({ ...choice, registry: undefined });
    expect(known.modelPath).toContain('-gelu-');
    expect(unknown.modelPath).not.toContain('gelu');
    expect(known.recipe.id).not.toBe(unknown.recipe.id);
  });

  it('believes a sidecar more than the registry', async () => {
    const choice = await knownEncoder();
    await writeFile(`${choice.embedder ?? ''}.json`, '{"activation":"quick-gelu"}');
    expect((await chooseEmbedder(choice)).modelPath).toContain('-quick-gelu-');
  });

  it('makes what the user says part of the recipe, and keeps the id of the usual activation', async () => {
    const { registry: _registry, ...unknown } = await knownEncoder();
    const assumed = await chooseEmbedder(unknown);
    const usual = await chooseEmbedder({ ...unknown, activation: 'quick-gelu' });
    const exact = await chooseEmbedder({ ...unknown, activation: 'gelu' });
    expect(assumed.notes).toEqual([expect.stringContaining('quick-gelu is assumed')]);
    expect([...usual.notes, ...exact.notes]).toEqual([]);
    expect(usual.recipe).toEqual(assumed.recipe);
    expect(exact.recipe).toMatchObject({ activation: 'gelu' });
    expect(exact.recipe.id).not.toBe(usual.recipe.id);
    expect(exact.modelPath).not.toBe(usual.modelPath);
  });

  it('refuses a user who contradicts the digest', async () => {
    const choice = await knownEncoder();
    await expect(chooseEmbedder({ ...choice, activation: 'quick-gelu' })).rejects.toThrow(
      ConfigurationError,
    );
  });
});
