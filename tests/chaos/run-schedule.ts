import { hasEnded, isDone, waitForEnd, waitForVectors } from '../support/follow-command.js';
import { startCli, type CliResult } from '../support/run-cli.js';
import { causeFault } from './cause-fault.js';
import type { ChaosPlace } from './chaos-place.js';
import type { Step } from './schedule.js';

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
    await waitForVectors(run, data, after * example.images);
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
