import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasShared, shared } from '../../tests/support/shared.js';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { sha256OfFile } from './digest-cache.js';
import { loadModelRegistry } from './model-registry.js';

const models = fileURLToPath(new URL('../../../../models', import.meta.url));

describe('the registry of known models', () => {
  it('describes CLIP with the digest of its published file', async () => {
    const registry = await loadModelRegistry(models);
    const sha256 = '40d365715913c9da98579312b702a82c18be219cc2a73407c4526f58eba950af';
    expect(registry.findByDigest(sha256)?.name).toBe('clip-vit-b-32');
    expect(registry.findByName('clip-vit-b-32')?.files[0]?.url).toContain(sha256);
  });

  it.skipIf(!hasShared).each(['ranker_v2', 'ranker_v3_w10', 'crop_proposer_v2'])(
    'knows the digest of %s',
    async (name) => {
      const registry = await loadModelRegistry(models);
      const sha256 = await sha256OfFile(fileURLToPath(new URL(`models/${name}.pt`, shared)));
      expect(registry.findByDigest(sha256)?.name).toBe(name);
    },
  );

  it('reports every file that is no descriptor', async () => {
    const dir = await temporaryFolder();
    await writeFile(join(dir, 'a.json'), '{}');
    await writeFile(join(dir, 'b.json'), 'no');
    await expect(loadModelRegistry(dir)).rejects.toThrow(/a\.json[^]*b\.json/);
  });
});
