import type { Device, Precision } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { listDevices, requireDevice } from '@cullstream/inference';
import type { EngineProfile } from '../profile/engine-profile.js';
import type { MeasuredDevice } from '../profile/profile-store.js';
import { toMedian } from './judge-trials.js';
import { runProbe } from './run-probe.js';
import { runTrial, type TrialOptions } from './run-trial.js';
import {
  tuneDevice,
  type DeviceMeter,
  type TunedDevice,
  type TuneDeviceOptions,
} from './tune-device.js';

export interface MeasureDevicesOptions
  extends
    Pick<TrialOptions, 'model' | 'pictures'>,
    Pick<TuneDeviceOptions, 'cores' | 'capBytes' | 'environment'> {
  readonly precision: Precision;
  /** The same image encoder in fp16. */
  readonly halfModelPath?: string | undefined;
  readonly onTried?: ((way: DeviceWay, profile: EngineProfile, rate: number) => void) | undefined;
  readonly onRefused?: ((way: DeviceWay, problem: string) => void) | undefined;
}

export interface DeviceWay {
  readonly device: Device;
  readonly precision: Precision;
}

/** A device in one precision, with everything that was tried on it. */
export interface DeviceTrials extends DeviceWay, TunedDevice {}

/** What finds devices and measures them. Tests replace it. */
export interface DevicesMeter extends DeviceMeter {
  readonly listDevices: typeof listDevices;
  readonly requireDevice: typeof requireDevice;
}

/**
 * Measures every device but the processor that onnxruntime offers here, one process at a time.
 * Those that can be used are also measured in fp16, where there is such a model.
 */
export async function measureDevices(
  options: MeasureDevicesOptions,
  meter: DevicesMeter = { listDevices, requireDevice, runProbe, runTrial },
): Promise<DeviceTrials[]> {
  const { model, halfModelPath, precision, onTried, onRefused } = options;
  const { preprocess } = model;
  const measured: DeviceTrials[] = [];
  const add = (way: DeviceWay, tuned: TunedDevice): void => {
    measured.push({ ...way, ...tuned });
    if (tuned.problem !== undefined) onRefused?.(way, tuned.problem);
  };
  const measure = async (way: DeviceWay, modelPath: string): Promise<void> => {
    // The shared weights are laid out for the processor.
    const onDevice = { modelPath, preprocess, device: way.device };
    const report = (profile: EngineProfile, rate: number) => onTried?.(way, profile, rate);
    add(way, await tuneDevice({ ...options, ...way, model: onDevice, onTried: report }, meter));
  };
  for (const { device, problem } of await meter.listDevices()) {
    if (device === 'cpu') continue;
    if (problem !== undefined) {
      add({ device, precision }, refused(problem));
      continue;
    }
    await measure({ device, precision }, model.modelPath);
    if (halfModelPath === undefined || measured.at(-1)?.chosen === undefined) continue;
    const inHalves = { device, precision: 'fp16' } as const;
    const refusal = await meter.requireDevice(device, 'fp16').then(() => undefined, errorMessage);
    if (refusal === undefined) await measure(inHalves, halfModelPath);
    else add(inHalves, refused(refusal));
  }
  return measured;
}

const refused = (problem: string): TunedDevice => ({ trials: [], chosen: undefined, problem });

/** What is kept of the measurements, for later runs. */
export function toMeasuredDevices(all: readonly DeviceTrials[]): MeasuredDevice[] {
  const toMeasured = ({ chosen, problem }: DeviceTrials) => ({
    imagesPerSecond: chosen === undefined ? null : toMedian(chosen.imagesPerSecond),
    problem: problem ?? null,
    ...(chosen === undefined ? {} : { profile: chosen.profile }),
  });
  const devices = [...new Set(all.map(({ device }) => device))];
  return devices.flatMap((device) => {
    const [whole, fp16] = all.filter((each) => each.device === device);
    if (whole === undefined) return [];
    return [
      { device, ...toMeasured(whole), ...(fp16 === undefined ? {} : { fp16: toMeasured(fp16) }) },
    ];
  });
}
