import { exitNow, exitSoon } from '@cullstream/files';
import type { RunningService } from './run-service.js';

/** What a service needs of its process. */
export interface HostProcess {
  /** There is a parent process that talks to it (an IPC channel). */
  readonly send?: unknown;
  readonly connected: boolean;
  on(event: HostEvent, listener: (error: unknown) => void): unknown;
}

type HostEvent = 'SIGTERM' | 'SIGINT' | 'disconnect' | 'uncaughtException' | 'unhandledRejection';

/** How a process ends: at once, or after what is just ending. */
export interface Exits {
  readonly now: (exitCode: number) => unknown;
  readonly soon: (exitCode: number) => unknown;
}

/**
 * Stops a service on SIGTERM, SIGINT or when its parent goes away, and ends its process with it. A second
 * signal ends it at once. Under a parent SIGINT is left to the parent, for a terminal sends it to the
 * whole group.
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
  // It may have gone before anybody listened.
  if (hasParent && !host.connected) service.stop('the parent process is gone');
  const { exitCode, isUrgent } = await service.ended;
  await (isUrgent ? exits.now(exitCode) : exits.soon(exitCode));
}
