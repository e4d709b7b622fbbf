import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import {
  ConfigurationError,
  devices,
  type Device,
  type DeviceChoice,
  type Precision,
} from '@cullstream/contracts';
import { listSupportedBackends } from 'onnxruntime-node';
import { onnxruntimeVersion } from './onnxruntime-version.js';

const require = createRequire(import.meta.url);

export interface DeviceState {
  readonly device: Device;
  /** Why the device cannot be used on this machine. */
  readonly problem: string | undefined;
}

/** Time limit for trying a device, including loading its libraries. */
const TRIAL_TIMEOUT_MS = 60_000;
const hints: Readonly<Partial<Record<Device, string>>> = {
  cuda:
    "CUDA's part of onnxruntime is not in its package: in a checkout " +
    '`node node_modules/onnxruntime-node/script/install --onnxruntime-node-install=cuda12` fetches it; ' +
    'it wants CUDA 12 with cuDNN 9',
};

/** The devices that the installed onnxruntime offers on this system, each tried on a small model. */
export async function listDevices(): Promise<DeviceState[]> {
  return Promise.all(
    listOffered().map(async (device) => ({ device, problem: await tryDevice(device) })),
  );
}

/**
 * Makes sure that a device can be used here, before any work is started on it.
 * @param precision not every card can compute in `fp16`
 * @throws {ConfigurationError} when onnxruntime does not offer it on this system, or cannot load it
 */
export async function requireDevice(
  device: DeviceChoice,
  precision: Precision = 'fp32',
): Promise<void> {
  // What `auto` stands for is decided on the machine that computes.
  if (device === 'cpu' || device === 'auto') return;
  const offered = listOffered();
  if (!offered.includes(device)) {
    throw new ConfigurationError([
      `device ${device}: onnxruntime ${onnxruntimeVersion} does not offer it on ` +
        `${process.platform}/${process.arch}; choose one of ${offered.join(', ')}`,
    ]);
  }
  const problem = await tryDevice(device);
  if (problem !== undefined) {
    const hint = hints[device];
    throw new ConfigurationError([
      `device ${device}: cannot be used here: ${problem}${hint === undefined ? '' : `. ${hint}`}`,
    ]);
  }
  if (precision !== 'fp16') return;
  const withHalves = await tryDevice(device, precision);
  if (withHalves === undefined) return;
  throw new ConfigurationError([
    `device ${device}: does not compute in fp16 here: ${withHalves}; use ‹precision=fp32›`,
  ]);
}

/**
 * Makes sure that a device computes every node of an image encoder, before any work is started on it.
 * The model is loaded in a separate process; nothing is computed. A device that takes longer than the
 * limit for that is not refused.
 * @param modelPath ONNX file
 * @throws {ConfigurationError} with the nodes that the device does not take
 */
export async function requireModelOnDevice(device: Device, modelPath: string): Promise<void> {
  if (device === 'cpu') return;
  const { problem, isLate } = await runTrial([device, 'model', modelPath]);
  if (problem === undefined || isLate) return;
  throw new ConfigurationError([problem]);
}

function listOffered(): Device[] {
  const offered = new Set(listSupportedBackends().map(({ name }) => name));
  return devices.filter((device) => offered.has(device));
}

async function tryDevice(
  device: Device,
  precision: Precision = 'fp32',
): Promise<string | undefined> {
  return device === 'cpu' ? undefined : (await runTrial([device, precision])).problem;
}

interface Trial {
  readonly problem: string | undefined;
  /** It took too long. */
  readonly isLate: boolean;
}

/**
 * Runs in a separate process, because libraries of other makers may print, take memory, or crash.
 */
async function runTrial(args: readonly string[]): Promise<Trial> {
  const script = require.resolve('@cullstream/inference/try-device');
  try {
    await promisify(execFile)(process.execPath, [script, ...args], { timeout: TRIAL_TIMEOUT_MS });
    return { problem: undefined, isLate: false };
  } catch (cause) {
    const {
      stdout = '',
      signal,
      killed,
    } = cause as {
      readonly stdout?: string;
      readonly signal?: string;
      readonly killed?: boolean;
    };
    const ended = `the process that tried it ended${signal ? ` with ${signal}` : ''}`;
    return { problem: stdout === '' ? ended : stdout.trim(), isLate: killed === true };
  }
}
