import { type BusLog } from '../bus-log.js';

export interface BusCredentials {
  readonly user: string;
  readonly password: string;
}

/** How to get in at a broker. */
export interface BusAccess {
  readonly credentials?: BusCredentials | undefined;
  /** Seed of an nkey to log in with, instead of credentials. */
  readonly seed?: Uint8Array | undefined;
  /** File of the certificates to trust. With it, the connection is encrypted or none at all. */
  readonly caFile?: string | undefined;
  /** Where answers come in: a user may be confined to an inbox of its own. */
  readonly inboxPrefix?: string | undefined;
}

export interface ConnectBusOptions extends BusAccess {
  /** `nats://host:port`, or several separated by commas; may hold user and password. */
  readonly url: string;
  /** Shown by the server's monitoring: the service's name. */
  readonly name: string;
  readonly log: BusLog;
  /** Gives up on the first connection after this long. Without it, waits for ever. */
  readonly firstConnectTimeoutMs?: number | undefined;
  /** Told once when the first attempt has failed and others follow. */
  readonly onWaiting?: ((url: string, why: string) => void) | undefined;
  /** Stops waiting for the first connection. */
  readonly signal?: AbortSignal | undefined;
}
