import type { BusCredentials } from '@cullstream/bus';

/** A broker that others run. It is used as it is. */
export interface ExternalBroker {
  readonly kind: 'external';
  readonly url: string;
  readonly credentials?: BusCredentials | undefined;
  /** File of the nkey seed to log in with. */
  readonly seedFile?: string | undefined;
  /** File of certificates to trust. If it is set, the connection uses TLS. */
  readonly caFile?: string | undefined;
}

/**
 * A broker with its store below a data folder. It is started for the work and stopped afterwards.
 */
export interface OwnBroker {
  readonly kind: 'own';
  readonly dataDir: string;
  /** Folder where a downloaded nats-server is stored. */
  readonly cacheDir: string;
  /** Where nats-server may be installed: its path, and the folders of programs. */
  readonly env: { readonly NATS_SERVER_BIN: string | undefined; readonly PATH: string | undefined };
}

/** The broker to work with. */
export type BrokerTarget = ExternalBroker | OwnBroker;
