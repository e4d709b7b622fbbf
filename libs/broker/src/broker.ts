import { type BusAccess, type BusCredentials } from '@cullstream/bus';
import type { MessagePlace } from './embedded/find-lost-messages.js';

/** A broker to work with: somebody else's, or one of our own that ends with this process. */
export interface Broker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  /** All it takes to get in. */
  readonly access: BusAccess;
  readonly version: string | undefined;
  /** Rejects when it cannot be kept alive, or what it held is lost; never resolves. */
  readonly failed: Promise<never>;
  /**
   * Ends it and starts it again at the same address; nothing where it is somebody else's.
   * @param how which message could not be read lately: where it still cannot, the broker fails
   */
  restart(how?: { readonly doubted?: MessagePlace | undefined }): Promise<void>;
  stop(): Promise<void>;
}
