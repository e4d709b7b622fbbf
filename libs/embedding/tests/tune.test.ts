import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDemoModels } from '@cullstream/inference';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { drawPicture } from '@cullstream/examples';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tuneEngine, type TuneOptions } from '../src/index.js';

describe('tuning the engine', () => {
  let temp: TempDir;
  let options: TuneOptions;
  beforeAll(async () => {
    temp = await createTempDir();
    const picture = join(temp.path, 'picture.png');
    const size = { widthPx: 240, heightPx: 230, format: 'png' } as const;
    await writeFile(picture, await drawPicture({ scene: 1, variant: 0, ...size }));
    options = {
      model: { modelPath: (await writeDemoModels(temp.path)).embedder, preprocess: 'exact' },
      pictures: [picture],
      cores: 1,
      capBytes: 16e9,
      budgetMs: 60_000,
      environment: process.env,
    };
  });
  afterAll(() => temp.remove());

  it('measures rate and memory of the default and of others', async () => {
    const { trials, chosen } = await tuneEngine({ ...options, budgetMs: 3_000 });
    expect(trials[0]?.profile).toEqual({ workers: 1, threads: 1, batch: 8, decodes: 2 });
    expect(trials.map(({ profile }) => profile)).toContainEqual(chosen?.profile);
    for (const { imagesPerSecond, peakBytes } of trials) {
      expect(Math.min(...imagesPerSecond)).toBeGreaterThan(0);
      expect(peakBytes).toBeGreaterThan(50e6);
    }
  });

  it('looks for what takes less where the default is above the memory cap', async () => {
    const { trials, chosen } = await tuneEngine({ ...options, capBytes: 1, budgetMs: 2_000 });
    expect(trials.slice(1).every(({ profile }) => profile.decodes === 1)).toBe(true);
    expect(chosen).toBeUndefined();
  });

  it('tells why an engine cannot work', async () => {
    const model = { ...options.model, modelPath: join(temp.path, 'absent.onnx') };
    await expect(tuneEngine({ ...options, model })).rejects.toThrow('absent.onnx');
  });
});
