import type { RunHead } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import type { FindLegacyEmbedding } from '@cullstream/catalog';
import type { SourceGuard } from '@cullstream/imaging/archive';
import type { DataFolder, Logger, ServiceMetrics, Tracing } from '@cullstream/runtime';
import type { ExtractorSettings } from '../settings.js';
import type { FeedGate } from './feed-gate.js';
import type { ProjectAttempts } from './project-attempts.js';
import type { Claim } from './share-projects.js';

/** What extracting the projects of a run needs. */
export interface Extraction {
  readonly bus: Bus;
  readonly record: RunHead;
  readonly settings: ExtractorSettings;
  readonly metrics: ServiceMetrics;
  readonly tracing: Tracing;
  readonly log: Logger;
  readonly findLegacy: FindLegacyEmbedding;
  readonly gate: FeedGate;
  readonly guard: SourceGuard;
  readonly folder: DataFolder;
  readonly attempts: ProjectAttempts;
  /** Whether other extractors may work on the run: what they publish meanwhile is found, not repeated. */
  readonly isShared: boolean;
  readonly claim: Claim;
  /** Whether the run still continues and the project is still claimed. Asked while waiting for a source. */
  readonly isWanted: () => Promise<boolean>;
  /**
   * Projects that were interrupted by more urgent ones, each with the sequence to publish next. Of no use
   * if the run is shared.
   */
  readonly interrupted: Map<string, number>;
}
