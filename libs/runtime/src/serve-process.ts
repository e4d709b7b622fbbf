import { exitNow, exitSoon } from '@cullstream/files';
import type { RunningService } from './run-service.js';

/** What a parent process is told. */
const HAS_BEGUN = 'the program of the service runs';

/** The parts of the process that a service uses. */
export interface HostProcess {
  /** Defined if there is an IPC channel to a parent process. */
  readonly send?: NodeJS.Process['send'];
  readonly connected: boolean;
  on(event: HostEvent, listener: (error: unknown) => void): unknown;
}

type HostEvent = 'SIGTERM' | 'SIGINT' | 'disconnect' | 'uncaughtException' | 'unhandledRejection';

/** The ways to end a process: at once, or after work that is about to end. */
export interface Exits {
  readonly now: (exitCode: number) => unknown;
  readonly soon: (exitCode: number) => unknown;
}

/**
 * Stops a service on SIGTERM, on SIGINT or when its parent process ends, and then ends the process. A
 * second signal ends it at once. With a parent, SIGINT is ignored: a terminal sends it to the whole group,
 * and the parent handles it. The parent is told that the program runs.
 */
export async function serveProcess(
  service: RunningService,
  host: HostProcess,
  exits: Exits = { now: exitNow, soon: exitSoon },
): Promise<void> {
  const hasParent = host.send !== undefined;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    host.on(event, (error) => service.fail(error));
  }
  host.on('SIGTERM', () => service.stop('SIGTERM'));
  host.on('SIGINT', () => {
    if (!hasParent) service.stop('SIGINT');
  });
  host.on('disconnect', () => service.stop('the parent process is gone'));
  // Where the parent is gone, nobody needs to know.
  host.send?.(HAS_BEGUN, undefined, undefined, () => undefined);
  // The parent may have ended before the listener was added.
  if (hasParent && !host.connected) service.stop('the parent process is gone');
  const { exitCode, isUrgent } = await service.ended;
  await (isUrgent ? exits.now(exitCode) : exits.soon(exitCode));
}
