import type { Device } from '@cullstream/contracts';
import { z } from 'zod';

const count = z.number().int().positive();

/** How an engine uses a machine. */
export const engineProfile = z.object({
  /** Worker threads that decode, resample and infer, each with its own session. */
  workers: count.max(256),
  /** Threads within one inference. */
  threads: count.max(256),
  /** Images of one inference. */
  batch: count.max(64),
  /**
   * Images that a worker decodes at the same time. Plain PNGs block its thread and are decoded one
   * by one.
   */
  decodes: count.max(64),
});
export type EngineProfile = Readonly<z.infer<typeof engineProfile>>;

/**
 * The profile for a machine without measurements. On the processor: one worker with a single thread
 * for each core. On another device: one session, for which all cores decode.
 */
export function defaultProfile(cores: number, device: Device = 'cpu'): EngineProfile {
  return device === 'cpu'
    ? { workers: cores, threads: 1, batch: 8, decodes: 2 }
    : { workers: 1, threads: 1, batch: 16, decodes: cores };
}

/** `2 workers × 1 thread, batches of 8, 2 decodes at once`. */
export function describeProfile({ workers, threads, batch, decodes }: EngineProfile): string {
  const number = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;
  return (
    `${number(workers, 'worker')} × ${number(threads, 'thread')}, batches of ${batch}, ` +
    `${number(decodes, 'decode')} at once`
  );
}

/** The parts that flags, environment variables or a settings file set. */
export type ExplicitProfile = {
  readonly [Part in keyof EngineProfile]?: EngineProfile[Part] | undefined;
};

/**
 * Takes each part from the settings, else from the measurement, else from the default. On the
 * processor workers and threads share the cores: where one of them is set, the measured value of
 * the other is not used.
 */
export function applyProfile(
  said: ExplicitProfile,
  measured: EngineProfile | undefined,
  cores: number,
  device: Device = 'cpu',
): EngineProfile {
  const preset = defaultProfile(cores, device);
  const base = measured ?? preset;
  const others = { batch: said.batch ?? base.batch, decodes: said.decodes ?? base.decodes };
  if (device !== 'cpu') {
    const threads = said.threads ?? base.threads;
    const workers = hasOneSession(device) ? 1 : (said.workers ?? base.workers);
    return { workers, threads, ...others };
  }
  const saysTopology = said.workers !== undefined || said.threads !== undefined;
  const topology = saysTopology ? preset : base;
  const threads = said.threads ?? topology.threads;
  return {
    workers: said.workers ?? (saysTopology ? workersFor(cores, threads) : topology.workers),
    threads,
    ...others,
  };
}

/** What to tell users who set more workers than the device takes. Undefined where it takes them. */
export function describeIgnoredWorkers(
  { workers = 1 }: Pick<ExplicitProfile, 'workers'>,
  device: Device,
): string | undefined {
  if (workers === 1 || !hasOneSession(device)) return undefined;
  return `device ${device}: takes one session in a process: ‹workers=${workers}› has no effect`;
}

/** A second WebGPU session in the same process crashes the process. */
const hasOneSession = (device: Device): boolean => device === 'webgpu';

function workersFor(cores: number, threads: number): number {
  return Math.max(1, Math.floor(cores / threads));
}

/**
 * Images that an engine decodes at the same time. On the processor a worker with one thread decodes
 * in that thread.
 */
export function countDecoders(
  { workers, threads, decodes }: EngineProfile,
  device: Device,
): number {
  return device === 'cpu' && threads === 1 ? workers : workers * decodes;
}
