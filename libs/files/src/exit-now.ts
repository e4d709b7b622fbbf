import { setTimeout as delay } from 'node:timers/promises';

const SETTLE_MS = 200;
const LOOK_EVERY_MS = 10;

/**
 * Ends this process at once, even if a system call never returns: a normal exit waits for the
 * threads of such calls. In that case there is no exit code, because the process is killed by a
 * signal.
 */
export function exitNow(exitCode: number, signal: NodeJS.Signals = 'SIGKILL'): never {
  if (hasPendingCalls()) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  }
  return process.exit(exitCode);
}

/** As {@link exitNow}, but waits a moment for calls that are about to finish. */
export async function exitSoon(exitCode: number, signal?: NodeJS.Signals): Promise<never> {
  for (let waitedMs = 0; waitedMs < SETTLE_MS && hasPendingCalls(); waitedMs += LOOK_EVERY_MS) {
    await delay(LOOK_EVERY_MS);
  }
  return exitNow(exitCode, signal);
}

/** Whether file system calls are running. */
function hasPendingCalls(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq'));
}
