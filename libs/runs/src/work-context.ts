import type { Logger } from '@cullstream/runtime';
import type { BrokerTarget } from '@cullstream/broker';
import type { ServiceName } from './supervise/service-name.js';

/** What every command needs for its work. */
export interface WorkContext {
  readonly log: Logger;
  /** Tells a person what happens, in a sentence. */
  readonly note: (line: string) => void;
  /** The broker to work with. */
  readonly target: BrokerTarget;
  /** Variables of the service processes that are started, beside their settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The program of a service, which is started as a process of Node. */
  readonly toProgramPath: (service: ServiceName) => string;
}
