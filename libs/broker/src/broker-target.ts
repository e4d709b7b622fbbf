import type { BusCredentials } from '@cullstream/bus';

/** A broker of somebody else's: it is taken as it is. */
export interface ExternalBroker {
  readonly kind: 'external';
  readonly url: string;
  readonly credentials?: BusCredentials | undefined;
  /** File of the nkey seed to log in with. */
  readonly seedFile?: string | undefined;
  /** Certificates to trust; turns TLS on. */
  readonly caFile?: string | undefined;
}

/** A broker with its store below a data folder, which is started for the work and ends with it. */
export interface OwnBroker {
  readonly kind: 'own';
  readonly dataDir: string;
  /** Where nats-server is kept once it was fetched. */
  readonly cacheDir: string;
  /** Where nats-server may be already: its path, and the folders of programs. */
  readonly env: { readonly NATS_SERVER_BIN: string | undefined; readonly PATH: string | undefined };
}

/** Which broker a piece of work is done with. */
export type BrokerTarget = ExternalBroker | OwnBroker;
