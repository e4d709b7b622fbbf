import { waitFor } from '@cullstream/testing';
import { countVectors } from '../support/example.js';
import { startCli, type CliResult, type RunningCli } from '../support/run-cli.js';
import { causeFault } from './cause-fault.js';
import type { ChaosPlace } from './chaos-place.js';
import { hasEnded, isDone, waitForEnd } from './follow-command.js';
import type { Step } from './schedule.js';

/** After this time without progress the next fault is caused anyway. */
const STEP_WITHIN_MS = 20_000;
/** After the last fault one command should finish the run; an earlier fault may still end it. */
const COMMANDS_AFTER_FAULTS = 4;

/**
 * Runs the command while the faults happen one after the other, and then until the run is
 * completed.
 * @param note reports what is done, as text
 * @returns the result of the last command
 * @throws when a command neither makes progress nor ends
 */
export async function runSchedule(
  place: ChaosPlace,
  steps: readonly Step[],
  note: (text: string) => void,
): Promise<CliResult> {
  const { example, data } = place;
  const start = () => startCli(place.runArgs, place.environment);
  let run = start();
  for (const { after, fault } of steps) {
    await waitForShare(run, data, after * example.images);
    if (hasEnded(run)) {
      const { exitCode, signal } = await run.result;
      note(`the command had ended (${exitCode ?? signal}) and is started again`);
      run = start();
    }
    const hindrance = await causeFault(fault, run, place);
    const told = JSON.stringify(fault);
    note(
      `${Math.round(after * 100)} %: ${told}${hindrance ? ` did not happen: ${hindrance}` : ''}`,
    );
  }
  // What failed because of an archive that was another one is tried again by the next run.
  let isRepeated = steps.every(({ fault }) => fault.kind !== 'replace an archive');
  for (let left = COMMANDS_AFTER_FAULTS; ; left--) {
    const result = await waitForEnd(run);
    if ((isDone(result) && isRepeated) || left === 0) return result;
    isRepeated ||= isDone(result);
    note(`the command ended with ${result.exitCode ?? result.signal} and is started again`);
    run = start();
  }
}

async function waitForShare(run: RunningCli, data: string, vectors: number): Promise<void> {
  const from = performance.now();
  const isTime = () =>
    hasEnded(run) || countVectors(data) >= vectors || performance.now() - from > STEP_WITHIN_MS;
  await waitFor(isTime, { what: 'the next fault', timeoutMs: 2 * STEP_WITHIN_MS });
}
