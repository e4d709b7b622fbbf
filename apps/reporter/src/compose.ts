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
import type { FinishRunParts } from './adapters/finish-run.js';
import {
  createSharedQueueReader,
  createRunQueueReader,
  type ReadQueues,
} from './adapters/read-queues.js';
import { settleRun } from './adapters/settle-run.js';
import type { ReporterSettings } from './settings.js';

/** What the reporter is made of. */
export interface ReporterParts extends FinishRunParts {
  readonly bus: ServiceBus;
  readonly readQueues: ReadQueues;
  readonly folder: DataFolder;
}

/** Connects, and waits for the data folder. */
export async function composeReporter(
  settings: ReporterSettings,
  context: ServiceContext,
): Promise<ReporterParts> {
  requireSqlite();
  const { log, health } = context;
  const bus = await connectService(settings, context);
  const folder = openDataFolder(settings.data, log);
  await folder.untilThere();
  health.addCheck('data', () => checkDataFolder(folder));
  const records = await openRunRecords(bus);
  const common = { bus, records, dataDir: settings.data, folder, log };
  if (settings.run === undefined) return { ...common, readQueues: createSharedQueueReader(bus) };
  const readQueues = createRunQueueReader(bus);
  return { ...common, readQueues, settle: settleRun(bus, readQueues) };
}
