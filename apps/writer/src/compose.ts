import type { ImagePredicted } from '@cullstream/contracts';
import type { Publisher } from '@cullstream/bus';
import {
  checkDataFolder,
  connectService,
  createImageStage,
  openDataFolder,
  type DataFolder,
  type ImageStage,
  type Logger,
  type ServiceBus,
  type ServiceContext,
  type ServiceMetrics,
} from '@cullstream/runtime';
import { requireSqlite } from '@cullstream/store';
import { createDatabaseFaults, type DatabaseFaults } from './core/database-faults.js';
import { createOpenDatabases, type OpenDatabases } from './adapters/open-databases.js';
import { createStorageState, type StorageState } from './core/storage-state.js';
import type { WriterSettings } from './settings.js';

/** The parts of the writer. */
export interface WriterParts {
  readonly bus: ServiceBus;
  readonly stage: ImageStage<ImagePredicted>;
  readonly publisher: Publisher;
  readonly databases: OpenDatabases;
  readonly folder: DataFolder;
  readonly storage: StorageState;
  readonly faults: DatabaseFaults;
  readonly metrics: ServiceMetrics;
  readonly log: Logger;
}

/** Connects, and waits for the data folder. */
export async function composeWriter(
  settings: WriterSettings,
  context: ServiceContext,
): Promise<WriterParts> {
  requireSqlite();
  const { log, health, metrics } = context;
  const bus = await connectService(settings, context);
  const folder = openDataFolder(settings.data, log);
  await folder.untilThere();
  const storage = createStorageState();
  health.addCheck('databases', async () => {
    await checkDataFolder(folder);
    storage.throwIfBroken();
  });
  return {
    bus,
    stage: createImageStage({
      name: 'writer',
      consumes: 'predictions',
      type: 'image.predicted',
    }),
    publisher: bus.publisher(),
    databases: createOpenDatabases(settings.data, log, () => folder.confirm()),
    folder,
    storage,
    faults: createDatabaseFaults(),
    metrics,
    log,
  };
}
