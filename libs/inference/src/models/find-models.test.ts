import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { findModels, type FoundModels } from './find-models.js';

async function findAmong(...files: readonly string[]): Promise<FoundModels> {
  const modelsDir = await temporaryFolder();
  for (const file of files) await writeFile(join(modelsDir, file), '');
  return findModels({ modelsDir });
}

describe('findModels', () => {
  it('prefers the newest models', async () => {
    const found = await findAmong(
      'ViT-B-32.pt',
      'ranker_v3_w10.pt',
      'ranker_v4.pt',
      'crop_proposer_v3.onnx',
      'crop_proposer_v2.pt',
    );
    expect(found.ranker?.path).toMatch(/ranker_v4\.pt$/);
    expect(found.crop?.path).toMatch(/crop_proposer_v3\.onnx$/);
    expect(found.problems).toEqual([]);
  });

  it('falls back and says why', async () => {
    const { ranker, crop } = await findAmong('ranker_v3_w10.pt', 'crop_proposer_v2.pt');
    expect(ranker).toMatchObject({
      fallback: true,
      reason: 'ranker_v3_w10.pt, because there is no ranker_v4',
    });
    expect(crop?.reason).toBe('crop_proposer_v2.pt, because there is no crop_proposer_v3');
  });

  it.each([
    'ViT-B-32.pt',
    'open_clip_pytorch_model.bin',
    'open_clip_pytorch_model.safetensors',
    'open_clip_model.safetensors',
    'clip_tiny.onnx',
    'CLIP-image.onnx',
  ])('knows %s as an image encoder', async (file) => {
    expect((await findAmong(file)).embedder?.path).toContain(file);
  });

  it('says what it looked for, and where, when a model is missing', async () => {
    const { problems } = await findAmong('ranker_v2.pt');
    expect(problems).toHaveLength(3);
    expect(problems[1]).toMatch(/^no ranker in .*: looked for ranker_v4, ranker_v3_w10 /);
    expect(problems[1]).toContain('‹ranker›');
  });

  it('finds nothing in a folder that is not there', async () => {
    expect((await findModels({ modelsDir: '/nowhere' })).problems).toHaveLength(3);
  });
});
