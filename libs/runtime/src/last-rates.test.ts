import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readLastRates, storeLastRates } from './last-rates.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-rates-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const measuredAt = '2026-01-31T12:00:00.000Z';
const cold = { embed: 12.5, cached: null, run: 'cold', measuredAt };

it('keeps the rates of each recipe, and a kind that a later run had none of', async () => {
  await storeLastRates(data, 'one', cold);
  await storeLastRates(data, 'other', { ...cold, embed: 200 });
  await storeLastRates(data, 'one', { embed: null, cached: 2_000, run: 'warm', measuredAt });
  expect(await readLastRates(data, 'one')).toMatchObject({ embed: 12.5, cached: 2_000 });
  expect(await readLastRates(data, 'other')).toMatchObject({ embed: 200, cached: null });
});

it('knows nothing where the file is damaged, and writes it anew', async () => {
  await storeLastRates(data, 'one', cold);
  writeFileSync(join(data, '.cullstream', 'last-rates.json'), '{"one":');
  expect(await readLastRates(data, 'one')).toBeUndefined();
  await storeLastRates(data, 'one', cold);
  expect(await readLastRates(data, 'one')).toEqual(cold);
});
