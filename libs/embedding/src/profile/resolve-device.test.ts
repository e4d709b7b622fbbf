import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultProfile } from './engine-profile.js';
import { storeProfile, type MeasuredDevice } from './profile-store.js';
import { resolveDevice } from './resolve-device.js';

const key = { modelSha256: 'ab'.repeat(32), precision: 'fp32', preprocess: 'exact' };

describe('the device of `auto`', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-device-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const store = (devices?: readonly MeasuredDevice[]) => {
    const measured = { profile: defaultProfile(2), imagesPerSecond: 10 };
    return storeProfile(
      folder,
      key,
      devices === undefined ? measured : { ...measured, devices },
      new Date(),
    );
  };

  it('is the processor where nothing was measured, and says so', async () => {
    const unmeasured = {
      device: 'cpu',
      why: expect.stringContaining('were not measured') as string,
    };
    expect(await resolveDevice('auto', folder, key)).toEqual(unmeasured);
    await store();
    expect(await resolveDevice('auto', folder, key)).toEqual(unmeasured);
  });

  it('is the processor where no other is faster by more than a tenth', async () => {
    await store([
      { device: 'webgpu', imagesPerSecond: 10.9, problem: null },
      { device: 'cuda', imagesPerSecond: null, problem: 'no driver' },
    ]);
    expect(await resolveDevice('auto', folder, key)).toMatchObject({ device: 'cpu' });
  });

  it('is the processor where the faster one cannot be used any more, and says why', async () => {
    // CoreML exists on Macs only, DirectML on Windows only: no system offers both.
    const gone = process.platform === 'darwin' ? 'dml' : 'coreml';
    await store([{ device: gone, imagesPerSecond: 100, problem: null }]);
    const { device, why } = await resolveDevice('auto', folder, key);
    expect([device, why]).toEqual(['cpu', expect.stringMatching(/does not offer it.*faster$/)]);
  });

  it('is for fp16 the one whose fp16 was measured, beside fp32', async () => {
    const gone = process.platform === 'darwin' ? 'dml' : 'coreml';
    const fp16 = { imagesPerSecond: 20, problem: null };
    await store([{ device: gone, imagesPerSecond: 1, problem: null, fp16 }]);
    const ofHalves = await resolveDevice('auto', folder, { ...key, precision: 'fp16' });
    expect(ofHalves.why).toMatch(/though it was measured to be faster/);
    expect((await resolveDevice('auto', folder, key)).why).toMatch(/no other device/);
  });

  it('is no matter where one is said', async () => {
    await store([{ device: 'webgpu', imagesPerSecond: 100, problem: null }]);
    expect(await resolveDevice('cpu', folder, key)).toEqual({ device: 'cpu', why: undefined });
  });
});
