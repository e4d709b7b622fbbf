import { errorMessage } from '@cullstream/files';
import { listDevices } from '@cullstream/inference';
import type { MeasuredDevice } from '../profile/profile-store.js';
import { runTrial, type TrialOptions } from './run-trial.js';

export interface MeasureDevicesOptions extends Pick<TrialOptions, 'model' | 'pictures'> {
  readonly cores: number;
  /** Of the processes that are measured. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onTried?: ((device: MeasuredDevice) => void) | undefined;
}

/** One session, which every core decodes for. */
const toProfile = (cores: number) => ({ workers: 1, threads: 1, batch: 16, decodes: cores });
const IMAGES = 64;
/** A device in software may take minutes: then it is none to take. */
const TRIAL_TIMEOUT_MS = 90_000;

/** Measures every device but the processor that onnxruntime offers here, one process at a time. */
export async function measureDevices(options: MeasureDevicesOptions): Promise<MeasuredDevice[]> {
  const { model, pictures, cores, environment, onTried } = options;
  const measured: MeasuredDevice[] = [];
  for (const { device, problem } of await listDevices()) {
    if (device === 'cpu') continue;
    const trial = {
      ...{ pictures, images: IMAGES, profile: toProfile(cores) },
      // What is shared was made for the processor.
      model: { modelPath: model.modelPath, preprocess: model.preprocess, device },
    };
    const result =
      problem === undefined
        ? await runTrial(trial, environment, TRIAL_TIMEOUT_MS).then(
            ({ imagesPerSecond }) => ({ device, imagesPerSecond, problem: null }),
            (error: unknown) => ({ device, imagesPerSecond: null, problem: toProblem(error) }),
          )
        : { device, imagesPerSecond: null, problem };
    measured.push(result);
    onTried?.(result);
  }
  return measured;
}

function toProblem(error: unknown): string {
  const { killed = false } = error as { readonly killed?: boolean };
  if (killed) return `took more than ${TRIAL_TIMEOUT_MS / 1_000} s for ${IMAGES} images`;
  const [line = ''] = errorMessage(error).split('\n').slice(-1);
  return line;
}
