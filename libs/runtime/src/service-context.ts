import type { Health } from './health/health.js';
import type { Logger } from './logger.js';
import type { Tracing } from './tracing/tracing.js';
import type { ServiceMetrics } from './metrics/service-metrics.js';
import type { WarningRelay } from './warning-relay.js';

/** What every service gets in addition to its settings. */
export interface ServiceContext {
  readonly name: string;
  readonly log: Logger;
  /** Sends the warnings of the log to reporters. */
  readonly warnings: WarningRelay;
  readonly health: Health;
  readonly metrics: ServiceMetrics;
  /** Follows single images through the services. */
  readonly tracing: Tracing;
}
