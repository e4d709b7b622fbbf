import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { promisify } from 'node:util';
import { engineEnvironment } from '../engine-environment.js';
import type { TrialOptions } from './run-trial.js';

const require = createRequire(import.meta.url);

export interface ProbeOptions extends Pick<TrialOptions, 'model' | 'pictures'> {
  /** Threads of one inference. */
  readonly threads: number;
  /** Batch sizes, in the order in which they are measured. */
  readonly batches: readonly number[];
  /** No batch size but the first is begun later than that after the first. */
  readonly budgetMs: number;
}

/** A line that the process prints. */
export type ProbeFinding =
  | { readonly decodesPerSecond: number }
  /** Null where it is not finite: JSON has no such numbers. */
  | { readonly drift: number | null }
  | { readonly batch: number; readonly imagesPerSecond: number };

/** What decoding and inference can do each, without waiting for the other. */
export interface Probe {
  /** Images that one thread decodes and resamples. */
  readonly decodesPerSecond: number;
  /**
   * The largest distance of a vector from that of the processor, as a share of its length. Undefined
   * where the processor itself was measured, Infinity where a vector has what is no number.
   */
  readonly drift?: number | undefined;
  /** Images that one session infers, by batch size in ascending order; never empty. */
  readonly inference: readonly { readonly batch: number; readonly imagesPerSecond: number }[];
}

/**
 * @param environment of the process
 * @param timeoutMs after which it is killed; what it had measured by then is used
 * @throws when not even one batch size was measured
 */
export async function runProbe(
  options: ProbeOptions,
  environment: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
): Promise<Probe> {
  const script = require.resolve('@cullstream/embedding/probe-process');
  let stdout: string;
  let problem = new Error('nothing was measured');
  try {
    ({ stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(options)], {
      env: { ...engineEnvironment, ...environment },
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    }));
  } catch (error) {
    problem = error as Error;
    stdout = (error as { readonly stdout?: string }).stdout ?? '';
  }
  const probe = readFindings(stdout);
  if (probe === undefined) throw problem;
  return probe;
}

/**
 * Undefined where it is not enough. A last line that was cut off does not count, nor what the
 * library of a device prints.
 */
export function readFindings(stdout: string): Probe | undefined {
  const lines = stdout
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.startsWith('{'));
  const findings = lines.map((line) => JSON.parse(line) as ProbeFinding);
  const decoding = findings.find((each) => 'decodesPerSecond' in each);
  const inference = findings.filter((each) => 'batch' in each).sort((a, b) => a.batch - b.batch);
  if (decoding === undefined || inference.length === 0) return undefined;
  const drift = findings.find((each) => 'drift' in each)?.drift;
  const { decodesPerSecond } = decoding;
  return {
    decodesPerSecond,
    inference,
    ...(drift === undefined ? {} : { drift: drift ?? Infinity }),
  };
}
