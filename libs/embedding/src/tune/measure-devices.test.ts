import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDeviceProfile } from '../profile/device-profiles.js';
import { defaultProfile } from '../profile/engine-profile.js';
import { storeProfile } from '../profile/profile-store.js';
import { resolveDevice } from '../profile/resolve-device.js';
import {
  measureDevices,
  toMeasuredDevices,
  type DevicesMeter,
  type MeasureDevicesOptions,
} from './measure-devices.js';
import type { Probe } from './run-probe.js';

const options: MeasureDevicesOptions = {
  model: { modelPath: 'model.onnx', preprocess: 'exact' },
  precision: 'fp32',
  pictures: ['picture.png'],
  cores: 4,
  capBytes: 1_000,
  environment: {},
};
const key = { modelSha256: 'ef'.repeat(32), precision: 'fp32', preprocess: 'exact' };
/** One thread decodes 20 pictures a second, so four of them feed a session that infers 80. */
const probe: Probe = {
  decodesPerSecond: 20,
  drift: 0.0001,
  inference: [
    { batch: 16, imagesPerSecond: 60 },
    { batch: 32, imagesPerSecond: 80 },
  ],
};

/** A machine with WebGPU and without the libraries of CUDA, where larger batches are faster. */
function meterWith(changed: Partial<DevicesMeter> = {}): DevicesMeter {
  return {
    listDevices: () =>
      Promise.resolve([
        { device: 'cpu', problem: undefined },
        { device: 'webgpu', problem: undefined },
        { device: 'cuda', problem: 'libcudnn.so.9 is missing' },
      ]),
    requireDevice: () => Promise.resolve(),
    runProbe: () => Promise.resolve(probe),
    runTrial: ({ profile }) =>
      Promise.resolve({ imagesPerSecond: 2 * profile.batch, peakBytes: 900 }),
    ...changed,
  };
}

/** `device in precision: problem` of those that were refused. */
async function findRefused(changed: Partial<DevicesMeter>, halfModelPath?: string) {
  const told: string[] = [];
  const measured = await measureDevices(
    {
      ...options,
      halfModelPath,
      onRefused: ({ device, precision }, problem) =>
        told.push(`${device} in ${precision}: ${problem}`),
    },
    meterWith(changed),
  );
  const refused = measured.flatMap(({ device, precision, chosen, problem }) =>
    chosen === undefined ? [`${device} in ${precision}: ${problem ?? ''}`] : [],
  );
  expect(told).toEqual(refused);
  return refused;
}

const noCuda = 'cuda in fp32: libcudnn.so.9 is missing';

it('a device that cannot start is refused with its reason and is not measured', async () => {
  const models: string[] = [];
  const runProbe: DevicesMeter['runProbe'] = ({ model }) => {
    models.push(model.device ?? '');
    return Promise.resolve(probe);
  };
  expect(await findRefused({ runProbe })).toEqual([noCuda]);
  expect(models).toEqual(['webgpu']);
});

it('a device whose vectors are off by more than allowed is refused with by how much', async () => {
  const refusedAt = (drift: number | undefined) =>
    findRefused({ runProbe: () => Promise.resolve({ ...probe, drift }) });
  expect(await refusedAt(0.0009)).toEqual([noCuda]);
  const off = "webgpu in fp32: its embeddings are off by 0.20 % from the processor's";
  expect(await refusedAt(0.002)).toEqual([off, noCuda]);
  const altogether = "webgpu in fp32: its embeddings are off altogether from the processor's";
  expect(await refusedAt(Infinity)).toEqual([altogether, noCuda]);
  expect(await refusedAt(undefined)).toEqual([altogether, noCuda]);
});

it('in fp16 a device may be off by more, and is refused beside its fp32', async () => {
  const refusedAt = (ofHalves: number) =>
    findRefused(
      {
        runProbe: ({ model }) =>
          Promise.resolve(model.modelPath === 'half.onnx' ? { ...probe, drift: ofHalves } : probe),
      },
      'half.onnx',
    );
  expect(await refusedAt(0.005)).toEqual([noCuda]);
  const off = "webgpu in fp16: its embeddings are off by 2.00 % from the processor's";
  expect(await refusedAt(0.02)).toEqual([off, noCuda]);
  const requireDevice = () => Promise.reject(new Error('does not compute in fp16 here'));
  expect(await findRefused({ requireDevice }, 'half.onnx')).toEqual([
    'webgpu in fp16: does not compute in fp16 here',
    noCuda,
  ]);
});

it('a device that fails, takes too long or too much memory is refused with that', async () => {
  const failure = new Error('Command failed: node\nthe device was lost');
  expect(await findRefused({ runProbe: () => Promise.reject(failure) })).toEqual([
    'webgpu in fp32: the device was lost',
    noCuda,
  ]);
  expect(await findRefused({ runTrial: () => Promise.reject(failure) })).toEqual([
    'webgpu in fp32: the device was lost',
    noCuda,
  ]);
  const killed = Object.assign(new Error('Command failed'), { killed: true });
  expect(await findRefused({ runProbe: () => Promise.reject(killed) })).toEqual([
    'webgpu in fp32: took more than 60 s',
    noCuda,
  ]);
  const large = { imagesPerSecond: 100, peakBytes: 1_001 };
  expect(await findRefused({ runTrial: () => Promise.resolve(large) })).toEqual([
    'webgpu in fp32: it takes more than the memory cap',
    noCuda,
  ]);
});

it('the fastest settings of each precision are kept, and a later run with auto uses them', async () => {
  const runTrial: DevicesMeter['runTrial'] = ({ profile, model }) => {
    const times = model.modelPath === 'half.onnx' ? 2 : 1;
    const slower = profile.batch === 32 ? 0 : 10;
    return Promise.resolve({ imagesPerSecond: times * (70 - slower), peakBytes: 900 });
  };
  const devices = toMeasuredDevices(
    await measureDevices({ ...options, halfModelPath: 'half.onnx' }, meterWith({ runTrial })),
  );
  const fastest = { workers: 1, threads: 1, batch: 32, decodes: 4 };
  expect(devices).toEqual([
    {
      ...{ device: 'webgpu', imagesPerSecond: 70, problem: null, profile: fastest },
      fp16: { imagesPerSecond: 140, problem: null, profile: fastest },
    },
    { device: 'cuda', imagesPerSecond: null, problem: 'libcudnn.so.9 is missing' },
  ]);

  const cache = await mkdtemp(join(tmpdir(), 'cullstream-measured-'));
  try {
    const ofProcessor = { profile: defaultProfile(4), imagesPerSecond: 35 };
    await storeProfile(cache, key, { ...ofProcessor, devices }, new Date());
    const { device, why } = await resolveDevice('auto', cache, key, () => Promise.resolve());
    expect([device, why]).toEqual(['webgpu', 'measured: 70.0 images/s, the processor 35.0']);
    expect(await readDeviceProfile(cache, key, device)).toMatchObject({ profile: fastest });
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});
