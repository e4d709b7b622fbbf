import { setTimeout as delay } from 'node:timers/promises';

const SETTLE_MS = 200;
const LOOK_EVERY_MS = 10;

/**
 * Ends this process at once, also when a call of the system never returns: ending in order waits for the
 * threads that make such calls. It cannot have an exit code then, and ends by a signal.
 */
export function exitNow(exitCode: number, signal: NodeJS.Signals = 'SIGKILL'): never {
  if (hasPendingCalls()) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  return process.exit(exitCode);
}

/** As {@link exitNow}, after calls that are just ending have ended. */
export async function exitSoon(exitCode: number, signal?: NodeJS.Signals): Promise<never> {
  for (let waitedMs = 0; waitedMs < SETTLE_MS && hasPendingCalls(); waitedMs += LOOK_EVERY_MS) {
    await delay(LOOK_EVERY_MS);
  }
  return exitNow(exitCode, signal);
}

/** Whether calls about files are under way. */
function hasPendingCalls(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'));
}
