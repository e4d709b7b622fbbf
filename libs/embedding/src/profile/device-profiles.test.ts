import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDeviceProfile } from './device-profiles.js';
import { defaultProfile } from './engine-profile.js';
import { storeProfile, type MeasuredDevice } from './profile-store.js';

const key = { modelSha256: 'cd'.repeat(32), precision: 'fp32', preprocess: 'exact' };
const halves = { ...key, precision: 'fp16' };
const profile = defaultProfile(2);
const wide = { workers: 1, threads: 1, batch: 32, decodes: 2 };
const wider = { ...wide, batch: 64 };
const webgpu: MeasuredDevice = {
  device: 'webgpu',
  imagesPerSecond: 30,
  problem: null,
  profile: wide,
  fp16: { imagesPerSecond: 50, problem: null, profile: wider },
};

describe('how a device is used best', () => {
  let cache: string;
  beforeEach(async () => {
    cache = await mkdtemp(join(tmpdir(), 'cullstream-profiles-'));
  });
  afterEach(() => rm(cache, { recursive: true, force: true }));
  const store = (devices: readonly MeasuredDevice[], of = key) =>
    storeProfile(cache, of, { profile, imagesPerSecond: 10, devices }, new Date());

  it('is what was measured of it, in each precision', async () => {
    await store([webgpu]);
    expect(await readDeviceProfile(cache, key, 'cpu')).toMatchObject({ profile });
    const whole = { state: 'valid', profile: wide, imagesPerSecond: 30 };
    expect(await readDeviceProfile(cache, key, 'webgpu')).toMatchObject(whole);
    const half = { state: 'valid', profile: wider, imagesPerSecond: 50 };
    expect(await readDeviceProfile(cache, halves, 'webgpu')).toMatchObject(half);
  });

  it('is what was measured in fp16 alone, where that was asked for', async () => {
    await store([webgpu]);
    await store([{ ...webgpu, profile: { ...wide, batch: 4 } }], halves);
    const found = await readDeviceProfile(cache, halves, 'webgpu');
    expect(found).toMatchObject({ profile: { batch: 4 } });
  });

  it('is not known of a device that was not measured', async () => {
    await store([webgpu]);
    expect(await readDeviceProfile(cache, key, 'cuda')).toEqual({ state: 'none' });
  });

  it('is out of date after another version of onnxruntime, as that of the processor is', async () => {
    const path = await store([webgpu]);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/"onnxruntime": "[^"]+"/, '"onnxruntime": "0.1.0"'));
    const stale = { state: 'stale', why: expect.stringMatching('onnxruntime: 0.1.0') as string };
    expect(await readDeviceProfile(cache, key, 'webgpu')).toMatchObject(stale);
    expect(await readDeviceProfile(cache, key, 'cpu')).toMatchObject(stale);
  });
});
