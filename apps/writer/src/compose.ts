import { join } from 'node:path';
import type { ImagePredicted } from '@cullstream/contracts';
import { readWriterPartitions, type Publisher } from '@cullstream/bus';
import {
  checkDataFolder,
  connectService,
  createImageStage,
  noLocks,
  openDataFolder,
  openPartitions,
  openProjectLocks,
  programFolder,
  type DataFolder,
  type ImageStage,
  type Logger,
  type Partitions,
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
  /** How it shares the projects with other writers; undefined where it works for one run, alone. */
  readonly shared: { readonly partitions: Partitions; readonly count: number } | undefined;
}

/** Connects, and waits for the data folder. */
export async function composeWriter(
  settings: WriterSettings,
  context: ServiceContext,
): Promise<WriterParts> {
  requireSqlite();
  const { log, health, metrics } = context;
  const bus = await connectService(settings, context);
  const folder = openDataFolder(settings.data, log, { id: settings.folderId });
  await folder.untilThere();
  const storage = createStorageState();
  health.addCheck('databases', async () => {
    await checkDataFolder(folder);
    storage.throwIfBroken();
  });
  const locksFolder = join(settings.data, programFolder, 'writers');
  const isAlone = settings.run !== undefined;
  const locks = isAlone
    ? noLocks
    : await folder.whileThere(() => openProjectLocks(join(locksFolder, 'projects'), folder));
  return {
    bus,
    stage: createImageStage({
      name: 'writer',
      consumes: 'predictions',
      type: 'image.predicted',
    }),
    publisher: bus.publisher(),
    databases: createOpenDatabases(settings.data, log, folder, locks),
    folder,
    storage,
    faults: createDatabaseFaults(),
    metrics,
    log,
    shared: isAlone ? undefined : await share(bus, locksFolder, folder),
  };
}

/** Each number of partitions has locks of its own. */
async function share(
  bus: ServiceBus,
  locksFolder: string,
  folder: DataFolder,
): Promise<WriterParts['shared']> {
  const count = await readWriterPartitions(bus);
  const open = () => openPartitions(join(locksFolder, `of-${count}`), count, folder);
  return { count, partitions: await folder.whileThere(open) };
}
