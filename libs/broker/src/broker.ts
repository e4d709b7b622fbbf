import { type BusAccess, type BusCredentials } from '@cullstream/bus';
import type { MessagePlace } from './embedded/find-lost-messages.js';

/**
 * A connection to a broker: one that others run, or an embedded one that ends with this process.
 */
export interface Broker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  /** Address and credentials of the broker. */
  readonly access: BusAccess;
  readonly version: string | undefined;
  /** Rejects when the broker cannot be kept running or has lost stored data; never resolves. */
  readonly failed: Promise<never>;
  /**
   * Stops the broker and starts it again at the same address. Does nothing if others run the
   * broker.
   * @param how the message that could not be read: if it still cannot be read, the broker fails
   */
  restart(how?: { readonly doubted?: MessagePlace | undefined }): Promise<void>;
  stop(): Promise<void>;
}
