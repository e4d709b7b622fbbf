import type { Device, Precision } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';
import type { EngineProfile } from '../profile/engine-profile.js';
import { tolerances } from '../self-check/check-vectors.js';
import { toMedian, type Trial } from './judge-trials.js';
import { runProbe, type Probe } from './run-probe.js';
import { runTrial, type TrialOptions } from './run-trial.js';
import { deviceBatches, listDeviceCandidates } from './tune-candidates.js';

export interface TuneDeviceOptions extends Pick<TrialOptions, 'pictures'> {
  readonly model: TrialOptions['model'] & { readonly device: Device };
  readonly precision: Precision;
  readonly cores: number;
  /** Memory that one embedder may take, in bytes. */
  readonly capBytes: number;
  /** Environment of the processes that are measured. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onTried?: ((profile: EngineProfile, imagesPerSecond: number) => void) | undefined;
}

/** How a device embeds in one precision. */
export interface TunedDevice {
  readonly trials: readonly Trial[];
  readonly chosen: Trial | undefined;
  /** Why nothing was chosen. */
  readonly problem: string | undefined;
}

/** What measures a device, each in a process of its own. Tests replace it. */
export interface DeviceMeter {
  readonly runProbe: typeof runProbe;
  readonly runTrial: typeof runTrial;
}

/** A device that is emulated in software may take hours: it is not worth using. */
export const DEVICE_LIMIT_MS = 90_000;
/** Of that, for the probe: most of it may be what the device compiles. */
const PROBE_LIMIT_MS = 60_000;
const PROBE_BUDGET_MS = 8_000;
const MOST_ROUNDS = 2;
/** What a trial should take, besides starting. */
const TRIAL_SECONDS = 2;

/**
 * Compares the vectors of a device with those of the processor, then measures how the device embeds
 * fastest with one session: first decoding and inference by batch size
 * alone, then the few best combinations by the engine, one process at a time.
 */
export async function tuneDevice(
  options: TuneDeviceOptions,
  meter: DeviceMeter = { runProbe, runTrial },
): Promise<TunedDevice> {
  const { model, pictures, cores, capBytes, environment } = options;
  const deadlineMs = performance.now() + DEVICE_LIMIT_MS;
  const refuse = (problem: string): TunedDevice => ({ trials: [], chosen: undefined, problem });
  let probe: Probe;
  try {
    const measure = { model, pictures, threads: 1, batches: deviceBatches };
    const asked = { ...measure, budgetMs: PROBE_BUDGET_MS };
    probe = await meter.runProbe(asked, environment, PROBE_LIMIT_MS);
  } catch (error) {
    return refuse(toProblem(error, PROBE_LIMIT_MS));
  }
  const { drift = Infinity } = probe;
  if (!(drift <= tolerances[options.precision])) {
    const share = Number.isFinite(drift) ? `by ${(100 * drift).toFixed(2)} %` : 'altogether';
    return refuse(`its embeddings are off ${share} from the processor's`);
  }
  const candidates = listDeviceCandidates(cores, probe);
  const trials: { profile: EngineProfile; imagesPerSecond: number[]; peakBytes: number }[] =
    candidates.map((profile) => ({ profile, imagesPerSecond: [], peakBytes: 0 }));
  let problem: string | undefined;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const trial of trials) {
      const leftMs = Math.floor(deadlineMs - performance.now());
      // A profile that failed is not tried again, and none is begun at the end.
      if (leftMs < 1_000 || trial.imagesPerSecond.length < round) continue;
      const work = { model, pictures, profile: trial.profile, images: toImages(probe, cores) };
      try {
        const { imagesPerSecond, peakBytes } = await meter.runTrial(work, environment, leftMs);
        trial.imagesPerSecond.push(imagesPerSecond);
        trial.peakBytes = Math.max(trial.peakBytes, peakBytes);
        options.onTried?.(trial.profile, imagesPerSecond);
      } catch (error) {
        problem = toProblem(error, DEVICE_LIMIT_MS);
      }
    }
  }
  const measured = trials.filter(({ imagesPerSecond }) => imagesPerSecond.length > 0);
  if (measured.length === 0) return refuse(problem ?? toLimit(DEVICE_LIMIT_MS));
  const [chosen] = measured
    .filter(({ peakBytes }) => peakBytes <= capBytes)
    .sort((a, b) => toMedian(b.imagesPerSecond) - toMedian(a.imagesPerSecond));
  return {
    trials: measured,
    chosen,
    problem: chosen === undefined ? 'it takes more than the memory cap' : undefined,
  };
}

function toImages({ decodesPerSecond, inference }: Probe, cores: number): number {
  const rate = Math.min(
    decodesPerSecond * cores,
    Math.max(...inference.map(({ imagesPerSecond }) => imagesPerSecond)),
  );
  return Math.min(512, Math.max(32, Math.round(rate * TRIAL_SECONDS)));
}

function toProblem(error: unknown, limitMs: number): string {
  const { killed = false } = error as { readonly killed?: boolean };
  if (killed) return toLimit(limitMs);
  const [line = ''] = errorMessage(error).trim().split('\n').slice(-1);
  return line;
}

const toLimit = (limitMs: number): string => `took more than ${limitMs / 1_000} s`;
