import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDemoEncoderCheckpoint } from '@cullstream/inference';

export const containers = ['torch-zip', 'torch-legacy', 'torchscript', 'safetensors'] as const;
export type Container = (typeof containers)[number];

const SEED = 7;

/** Path of a full-size ViT-B/32 with made-up weights, in the given file format. Made once. */
export async function makeEncoderCheckpoint(folder: string, format: Container): Promise<string> {
  const place = join(folder, 'checkpoints');
  const path = join(place, `${format}.${format === 'safetensors' ? 'safetensors' : 'pt'}`);
  if (!existsSync(path)) {
    await mkdir(place, { recursive: true });
    const unfinished = `${path}.unfinished`;
    await buildDemoEncoderCheckpoint({ seed: SEED, size: 'vit-b-32', path: unfinished, format });
    await rename(unfinished, path);
  }
  return path;
}
