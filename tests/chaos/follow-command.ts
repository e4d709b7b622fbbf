import { setTimeout as delay } from 'node:timers/promises';
import { signal } from '../support/processes.js';
import type { CliResult, RunningCli } from '../support/run-cli.js';

const ENDS_WITHIN_MS = 120_000;

/** Failures are expected: the example has images that cannot be decoded. */
export function isDone({ exitCode }: CliResult): boolean {
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
