import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { sha256OfFile } from '../models/digest-cache.js';
import { createClipEncoder } from '../session/clip-encoder.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import { buildDemoCheckpoints } from './demo-checkpoints.js';
import { buildDemoEncoder } from './demo-encoder.js';
import { seededValues } from './seeded-values.js';

describe('made-up weights', () => {
  it('follow from their seed on every machine', () => {
    const next = seededValues(42, 'conv1.weight');
    expect([next(), next(), next()]).toEqual([
      0.5397005728445947, -0.2610360514372587, 0.41685390332713723,
    ]);
  });

  it('are the same bytes for the same seed, others for another', async () => {
    const dir = await temporaryFolder();
    const digest = async (seed: number, name: string): Promise<string> => {
      await buildDemoEncoder({ seed, size: 'small', path: join(dir, name) });
      return sha256OfFile(join(dir, name));
    };
    const first = await digest(1, 'a.onnx');
    expect(await digest(1, 'b.onnx')).toBe(first);
    expect(await digest(2, 'c.onnx')).not.toBe(first);
  });

  it('make an encoder that tells images apart', async () => {
    const path = join(await temporaryFolder(), 'encoder.onnx');
    await buildDemoEncoder({ seed: 1, size: 'small', path });
    const encoder = await createClipEncoder({ modelPath: path });
    const pixels = new Uint8Array(2 * IMAGE_VALUES).fill(200, IMAGE_VALUES);
    const embeddings = await encoder.encode(pixels, 2);
    const distance = embeddings.subarray(0, 512).reduce((sum, value, index) => {
      return sum + (value - (embeddings[512 + index] ?? 0)) ** 2;
    }, 0);
    expect(Math.sqrt(distance)).toBeGreaterThan(1);
  });

  it('make checkpoints that are the same bytes for the same seed', async () => {
    const [a, b] = [await temporaryFolder(), await temporaryFolder()];
    const first = await buildDemoCheckpoints({ seed: 1, dir: a });
    const second = await buildDemoCheckpoints({ seed: 1, dir: b });
    expect(await readFile(second.ranker)).toEqual(await readFile(first.ranker));
    expect(await readFile(second.crop)).toEqual(await readFile(first.crop));
  });

  it('are checkpoints like any other', async () => {
    const { crop } = await buildDemoCheckpoints({ seed: 1, dir: await temporaryFolder() });
    const checkpoint = await openCheckpoint(crop);
    await checkpoint.close();
    expect(checkpoint.format).toBe('torch-zip');
    expect([...checkpoint.tensors.keys()]).toEqual([
      'net.0.weight',
      'net.0.bias',
      'net.3.weight',
      'net.3.bias',
      'net.6.weight',
      'net.6.bias',
    ]);
  });
});
