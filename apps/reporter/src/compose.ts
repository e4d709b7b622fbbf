import {
  checkDataFolder,
  connectService,
  openDataFolder,
  openRunRecords,
  type DataFolder,
  type ServiceBus,
  type ServiceContext,
} from '@cullstream/runtime';
import { requireSqlite } from '@cullstream/store';
import { countDeployedEmbedders } from './adapters/count-embedders.js';
import type { FinishRunParts } from './adapters/finish-run.js';
import {
  createSharedQueueReader,
  createRunQueueReader,
  type ReadQueues,
} from './adapters/read-queues.js';
import { createNotifier, type Notify } from './adapters/notifier.js';
import { settleRun } from './adapters/settle-run.js';
import { createSummaryWriter } from './adapters/write-summary.js';
import type { ReporterSettings } from './settings.js';

/** The parts of the reporter. */
export interface ReporterParts extends FinishRunParts {
  readonly bus: ServiceBus;
  readonly readQueues: ReadQueues;
  readonly folder: DataFolder;
  /** Number of embedders that work; undefined while it is not known. */
  readonly countEmbedders: () => number | undefined;
  /** Undefined if no address for notifications is set. */
  readonly notify: Notify | undefined;
  /** Minutes without a finished image after which a run counts as stalled. */
  readonly stallMinutes: number;
}

/** Connects, and waits for the data folder. */
export async function composeReporter(
  settings: ReporterSettings,
  context: ServiceContext,
): Promise<ReporterParts> {
  requireSqlite();
  const { log, health } = context;
  const bus = await connectService(settings, context);
  const folder = openDataFolder(settings.data, log, { id: settings.folderId });
  await folder.untilThere();
  health.addCheck('data', () => checkDataFolder(folder));
  const records = await openRunRecords(bus);
  const { data: dataDir, originals: originalsDir } = settings;
  const { notify: address, stallMinutes } = settings;
  const notify = address === undefined ? undefined : createNotifier(address, log);
  const writeSummary = createSummaryWriter(dataDir, folder);
  const common = {
    bus,
    records,
    dataDir,
    originalsDir,
    writeSummary,
    folder,
    log,
    notify,
    stallMinutes,
  };
  if (settings.run === undefined) {
    const readQueues = createSharedQueueReader(bus);
    return { ...common, readQueues, countEmbedders: countDeployedEmbedders(bus, log) };
  }
  const readQueues = createRunQueueReader(bus);
  const countEmbedders = () => settings.embedders;
  return { ...common, readQueues, countEmbedders, settle: settleRun(bus, readQueues) };
}
