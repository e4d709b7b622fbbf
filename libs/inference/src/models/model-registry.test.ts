import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { loadModelRegistry } from './model-registry.js';

const models = fileURLToPath(new URL('../../../../models', import.meta.url));

describe('the registry of known models', () => {
  it('describes CLIP with the digest of its published file', async () => {
    const registry = await loadModelRegistry(models);
    const sha256 = '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af';
    expect(registry.findByDigest(sha256)?.name).toBe('clip-vit-b-32');
    expect(registry.findByName('clip-vit-b-32')?.files[0]?.url).toContain(sha256);
  });

  it.each([
    ['ranker_v2', '6335d9579f4a827e723b1f36d9c8d761775d6da47f08c8f5c843a09d06b895de'],
    ['ranker_v3_w10', 'be2e860771b8c2ae5bf72ad540d1998b8b5ac7ed573fd0bf651c6d2a5249c8d3'],
    ['crop_proposer_v2', '72f60124ff1007e5e867994ead81e4d09f67d790daf7d95f57b6db46e5ed04d0'],
  ])('knows the digest of %s', async (name, sha256) => {
    expect((await loadModelRegistry(models)).findByDigest(sha256)?.name).toBe(name);
  });

  it('reports every file that is no descriptor', async () => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'a.json'), '{}');
    await writeFile(join(dir, 'b.json'), 'no');
    await expect(loadModelRegistry(dir)).rejects.toThrow(/a\.json[^]*b\.json/);
  });
});
