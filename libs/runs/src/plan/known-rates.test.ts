import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeProfile } from '@cullstream/embedding';
import type { ChosenModels } from '@cullstream/inference';
import { storeLastRates } from '@cullstream/runtime';
import { findKnownRates, toDefaultRate } from './known-rates.js';

const SHA256 = 'a'.repeat(64);
const RECIPE = '0123456789abcdef';
const FULL_BYTES = 350e6;
const profile = { workers: 2, threads: 1, batch: 8, decodes: 2 };
const monday = '2026-02-02T12:00:00.000Z';
const tuesday = '2026-02-03T12:00:00.000Z';

describe('how fast weights are expected to go', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-rates-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const find = (device: 'auto' | 'cpu' | 'cuda' = 'cpu') =>
    findKnownRates(
      {
        embeddingRecipe: { id: RECIPE, model: { sha256: SHA256 } },
        paths: { embedderOnnx: join(folder, 'encoder.onnx') },
      } as ChosenModels,
      { data: folder, cache: folder, device, precision: 'fp32', preprocess: 'exact' },
    );
  const runAt = (measuredAt: string, embed: number | null = 17) =>
    storeLastRates(folder, RECIPE, { embed, cached: 900, run: 'r1', measuredAt });
  const tuneAt = (measuredAt: string) =>
    storeProfile(
      folder,
      { modelSha256: SHA256, precision: 'fp32', preprocess: 'exact' },
      { profile, imagesPerSecond: 23 },
      new Date(measuredAt),
    );

  it('is what the last run with them showed, and says which run', async () => {
    await runAt(monday);
    expect(await find()).toEqual({
      embed: 17,
      cached: 900,
      basis: 'last-run',
      because: 'as in run r1, the last with these weights',
    });
  });

  it('is what was measured since', async () => {
    await runAt(monday);
    await tuneAt(tuesday);
    expect(await find()).toMatchObject({ embed: 23, cached: 900, basis: 'tuned' });
    await runAt(tuesday);
    expect(await find()).toMatchObject({ embed: 17, basis: 'last-run' });
  });

  it('is what was measured where the last run computed nothing', async () => {
    await runAt(tuesday, null);
    await tuneAt(monday);
    expect(await find()).toMatchObject({ embed: 23, cached: 900, basis: 'tuned' });
  });

  it('is not what was measured on the processor for a card', async () => {
    await tuneAt(monday);
    expect(await find('cuda')).toMatchObject({ basis: 'model-size' });
    expect(await find('auto')).toMatchObject({ embed: 23, basis: 'tuned' });
  });

  it('is of the size of the weights where nothing is known, those beside the file counted', async () => {
    writeFileSync(join(folder, 'encoder.onnx'), '');
    writeFileSync(join(folder, 'encoder.onnx.data'), '');
    truncateSync(join(folder, 'encoder.onnx.data'), FULL_BYTES);
    const full = await find();
    expect(full).toMatchObject({ basis: 'model-size' });
    truncateSync(join(folder, 'encoder.onnx.data'), 1e6);
    expect((await find()).embed / full.embed).toBeCloseTo(2, 1);
  });

  it('grows with the cores', () => {
    expect(toDefaultRate(FULL_BYTES, 2)).toBeCloseTo(10);
    expect(toDefaultRate(FULL_BYTES, 8)).toBeCloseTo(40);
  });
});
