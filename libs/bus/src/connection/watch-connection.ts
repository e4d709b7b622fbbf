import { PermissionViolationError, type NatsConnection, type Status } from '@nats-io/nats-core';
import type { BusLog } from '../bus-log.js';

/** Reports what happens to a connection until it closes. */
export async function watchConnection(
  connection: NatsConnection,
  log: BusLog,
  onReconnect: () => void,
): Promise<void> {
  for await (const status of connection.status()) {
    logStatus(status, log);
    if (status.type === 'reconnect') onReconnect();
  }
}

function logStatus(status: Status, log: BusLog): void {
  switch (status.type) {
    case 'disconnect':
      log.warn({ server: status.server }, 'connection lost, reconnecting');
      return;
    case 'reconnect':
      log.info({ server: status.server }, 'connected again');
      return;
    case 'error':
      if (status.error instanceof PermissionViolationError) {
        const { operation, subject } = status.error;
        log.error({ operation, subject }, 'the broker does not allow that to this user');
        return;
      }
      log.error({ err: status.error }, 'the server reported an error');
      return;
    case 'ldm':
      log.warn({ server: status.server }, 'the server is shutting down');
      return;
    case 'staleConnection':
      log.warn({}, 'the server stopped answering');
      return;
    case 'slowConsumer':
      log.warn({ pending: status.pending }, 'messages arrive faster than they are taken');
      return;
    case 'close':
    case 'forceReconnect':
    case 'ping':
    case 'reconnecting':
    case 'update':
      log.debug({ type: status.type }, 'connection status');
      return;
  }
}
