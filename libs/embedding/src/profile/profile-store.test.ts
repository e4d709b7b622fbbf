import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readProfile, storeProfile } from './profile-store.js';

const key = { modelSha256: 'a'.repeat(64), precision: 'fp32', preprocess: 'exact' };
const profile = { workers: 3, threads: 2, batch: 16, decodes: 1 };
const noon = new Date('2026-01-31T12:00:00Z');

describe('the store of measured profiles', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'profiles-'));
  });
  afterEach(() => rm(cache, { recursive: true }));

  it('has none at first', async () => {
    expect(await readProfile(cache, key)).toEqual({ state: 'none' });
  });

  it('gives back what was stored, for this model alone', async () => {
    await storeProfile(cache, key, { profile }, noon);
    expect(await readProfile(cache, key)).toEqual({
      state: 'valid',
      profile,
      measuredAt: '2026-01-31T12:00:00.000Z',
    });
    expect(await readProfile(cache, { ...key, precision: 'int8' })).toEqual({ state: 'none' });
    const other = { ...key, modelSha256: 'b'.repeat(64) };
    expect(await readProfile(cache, other)).toEqual({ state: 'none' });
  });

  it('takes one of another machine for stale, and says what changed', async () => {
    const path = await storeProfile(cache, key, { profile }, noon);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"cores": \d+/, '"cores": 999'));
    expect(await readProfile(cache, key)).toMatchObject({
      state: 'stale',
      why: expect.stringMatching(/^cores: 999, now \d+$/) as string,
    });
  });

  it('takes what it cannot read for stale', async () => {
    const path = await storeProfile(cache, key, { profile }, noon);
    await writeFile(path, '{"profile": {"workers": -1}}');
    expect(await readProfile(cache, key)).toMatchObject({ state: 'stale' });
  });
});
