import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { ModelKind } from '../models/prepare-model.js';

const require = createRequire(import.meta.url);

/** Time for loading 350 MB and two inferences, which take some seconds on an idle machine. */
export const TRIAL_LIMIT_MS = 60_000;

export interface TrialModel {
  readonly kind: ModelKind;
  /** Path of an ONNX file. */
  readonly onnx: string;
}

export interface TrialOutcome {
  /** Why it cannot be used, as text. Absent if it gave numbers. */
  readonly problem?: string;
}

/** What the process is told to do. */
export interface TrialTask {
  readonly models: readonly TrialModel[];
  /** Limit of memory in bytes. Default: most of what the machine has. */
  readonly limitBytes?: number | undefined;
}

/** Messages of the process: first that it has started, then one outcome for each model. */
export type TrialMessage = TrialOutcome | { readonly started: true };

export interface TrialLimits {
  /** Time limit for each model. */
  readonly limitMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

/**
 * Loads each model and runs it on two inputs, on the processor, in a separate process that can be
 * killed: a model that loops, crashes or takes all memory does no harm elsewhere.
 * @returns one outcome for each model, in the same order
 */
export async function tryInProcess(
  models: readonly TrialModel[],
  { limitMs = TRIAL_LIMIT_MS, limitBytes }: TrialLimits = {},
): Promise<TrialOutcome[]> {
  const outcomes: TrialOutcome[] = [];
  while (outcomes.length < models.length) {
    const task = { models: models.slice(outcomes.length), limitBytes };
    outcomes.push(...(await tryUntilOneEnds(task, limitMs)));
  }
  return outcomes;
}

/**
 * Outcomes of the models up to the first one that ended the process or had to be killed with it.
 */
async function tryUntilOneEnds(task: TrialTask, limitMs: number): Promise<TrialOutcome[]> {
  const { models } = task;
  const script = require.resolve('@cullstream/inference/trial-process');
  const child = spawn(process.execPath, [script, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const late = new AbortController();
  const endAfter = (ms: number) =>
    setTimeout(() => {
      late.abort();
      child.kill('SIGKILL');
    }, ms);
  // A process that starts slowly is not the fault of the model.
  let limit = endAfter(Math.max(limitMs, TRIAL_LIMIT_MS));
  const outcomes: TrialOutcome[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as TrialMessage;
    if (!('started' in message)) outcomes.push(message);
    clearTimeout(limit);
    limit = endAfter(limitMs);
  });
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
  clearTimeout(limit);
  const isTold = outcomes.at(-1)?.problem !== undefined && signal !== null;
  if (outcomes.length === models.length || isTold) return outcomes;
  const mayBeMemory = signal === 'SIGKILL' ? ', perhaps for want of memory' : '';
  const how = `${signal ?? `exit code ${String(exitCode)}`}${mayBeMemory}`;
  const problem = late.signal.aborted
    ? `it gave no result within ${limitMs / 1_000} s, which is the limit: it seems never to end`
    : `it ended the process that tried it (${how})`;
  return [...outcomes, { problem }];
}
