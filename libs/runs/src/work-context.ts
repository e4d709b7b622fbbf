import type { Logger } from '@cullstream/runtime';
import type { BrokerTarget } from '@cullstream/broker';
import type { StartService } from './supervise/service-process.js';

/** What every command needs for its work. */
export interface WorkContext {
  readonly log: Logger;
  /** Tells a person what happens, in a sentence. */
  readonly note: (line: string) => void;
  /** The broker to work with. */
  readonly target: BrokerTarget;
  /** Variables of the services that are started, beside their settings. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Starts a service; normally as a process of its own. */
  readonly startService: StartService;
}
