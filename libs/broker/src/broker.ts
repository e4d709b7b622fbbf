import { type BusAccess, type BusCredentials } from '@cullstream/bus';

/** A broker to work with: somebody else's, or one of our own that ends with this process. */
export interface Broker {
  readonly url: string;
  readonly credentials: BusCredentials | undefined;
  /** All it takes to get in. */
  readonly access: BusAccess;
  readonly version: string | undefined;
  /** Rejects when it cannot be kept alive, or what it held is lost; never resolves. */
  readonly failed: Promise<never>;
  /** Ends it and starts it again at the same address; nothing where it is somebody else's. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}
