import type { Device } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import { listDevices, requireDevice } from '@cullstream/inference';
import type { MeasuredDevice } from '../profile/profile-store.js';
import { runTrial, type TrialOptions } from './run-trial.js';

export interface MeasureDevicesOptions extends Pick<TrialOptions, 'model' | 'pictures'> {
  /** The same image encoder in fp16. */
  readonly halfModelPath?: string | undefined;
  readonly cores: number;
  /** Environment of the processes that are measured. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onTried?: ((device: MeasuredDevice) => void) | undefined;
}

/** One session, for which all cores decode. */
const toProfile = (cores: number) => ({ workers: 1, threads: 1, batch: 16, decodes: cores });
const IMAGES = 64;
/** A device that is emulated in software may take minutes: it is not worth using. */
const TRIAL_TIMEOUT_MS = 90_000;

/**
 * Measures every device but the processor that onnxruntime offers here, one process at a time.
 * Those that can be used are also measured in fp16, where there is such a model.
 */
export async function measureDevices(options: MeasureDevicesOptions): Promise<MeasuredDevice[]> {
  const { model, halfModelPath, pictures, cores, environment, onTried } = options;
  const { preprocess } = model;
  const measure = (device: Device, modelPath: string): Promise<Measured> =>
    runTrial(
      {
        ...{ pictures, images: IMAGES, profile: toProfile(cores) },
        // The shared weights are laid out for the processor.
        model: { modelPath, preprocess, device },
      },
      environment,
      TRIAL_TIMEOUT_MS,
    ).then(
      ({ imagesPerSecond }) => ({ imagesPerSecond, problem: null }),
      (error: unknown) => ({ imagesPerSecond: null, problem: toProblem(error) }),
    );
  const measured: MeasuredDevice[] = [];
  for (const { device, problem } of await listDevices()) {
    if (device === 'cpu') continue;
    const whole =
      problem === undefined
        ? await measure(device, model.modelPath)
        : { imagesPerSecond: null, problem };
    const fp16 =
      halfModelPath === undefined || whole.imagesPerSecond === null
        ? undefined
        : await measureHalf(device, () => measure(device, halfModelPath));
    const result = { device, ...whole, ...(fp16 === undefined ? {} : { fp16 }) };
    measured.push(result);
    onTried?.(result);
  }
  return measured;
}

type Measured = Omit<MeasuredDevice, 'device' | 'fp16'>;

async function measureHalf(device: Device, measure: () => Promise<Measured>): Promise<Measured> {
  try {
    await requireDevice(device, 'fp16');
    return await measure();
  } catch (error) {
    return { imagesPerSecond: null, problem: errorMessage(error) };
  }
}

function toProblem(error: unknown): string {
  const { killed = false } = error as { readonly killed?: boolean };
  if (killed) return `took more than ${TRIAL_TIMEOUT_MS / 1_000} s for ${IMAGES} images`;
  const [line = ''] = errorMessage(error).split('\n').slice(-1);
  return line;
}
