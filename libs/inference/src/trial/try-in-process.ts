import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import type { ModelKind } from '../models/prepare-model.js';

const require = createRequire(import.meta.url);

/** For loading 350 MB and two inferences, which take some seconds where nothing else works. */
export const TRIAL_LIMIT_MS = 60_000;

export interface TrialModel {
  readonly kind: ModelKind;
  /** Path of an ONNX file. */
  readonly onnx: string;
}

export interface TrialOutcome {
  /** Why it cannot be used, in words; absent where it gave numbers. */
  readonly problem?: string;
}

/** What the process is asked. */
export interface TrialTask {
  readonly models: readonly TrialModel[];
  /** Of memory; default: most of what there is. */
  readonly limitBytes?: number | undefined;
}

/** What it says: first that it has begun, then an outcome a model. */
export type TrialMessage = TrialOutcome | { readonly started: true };

export interface TrialLimits {
  /** For each model. */
  readonly limitMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

/**
 * Loads each model and runs it on two inputs, on the processor, in a process that can be ended: what
 * loops, crashes or takes all memory harms nobody else.
 * @returns one outcome a model, in their order
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

/** Outcomes of the models up to the first that ended the process, or was ended with it. */
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
  // A process that is slow to begin is no model's fault.
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
