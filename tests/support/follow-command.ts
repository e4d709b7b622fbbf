import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@cullstream/testing';
import { countVectors } from './example.js';
import { signal } from './processes.js';
import type { CliResult, RunningCli } from './run-cli.js';

const ENDS_WITHIN_MS = 180_000;
/** After this time without progress the next fault is caused anyway. */
const STEP_WITHIN_MS = 20_000;

/** Failures are expected: the example has images that cannot be decoded. */
export function isDone({ exitCode }: Pick<CliResult, 'exitCode'>): boolean {
  return exitCode === 1;
}

export async function waitForEnd(run: RunningCli): Promise<CliResult> {
  const hung = delay(ENDS_WITHIN_MS, 'hung' as const, { ref: false });
  const result = await Promise.race([run.result, hung]);
  if (result !== 'hung') return result;
  signal(run.child.pid ?? 0, 'SIGKILL');
  throw new Error(`the command does not end; it said:\n${run.stderr()}`);
}

export function hasEnded({ child }: RunningCli): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** Waits until so many embeddings are stored, the command has ended, or nothing more happens. */
export async function waitForVectors(
  run: RunningCli,
  data: string,
  vectors: number,
): Promise<void> {
  const from = performance.now();
  const isTime = () =>
    hasEnded(run) || countVectors(data) >= vectors || performance.now() - from > STEP_WITHIN_MS;
  await waitFor(isTime, { what: 'the next fault', timeoutMs: 2 * STEP_WITHIN_MS });
}
