import type { ImageBytesServer } from '@cullstream/bus';
import { SourceGuard } from '@cullstream/imaging/archive';
import {
  checkReadable,
  connectService,
  openDataFolder,
  openRunRecords,
  type DataFolder,
  type RunRecords,
  type ServiceBus,
  type ServiceContext,
} from '@cullstream/runtime';
import type { ExtractorSettings } from './settings.js';

/** What the extractor is made of. */
export interface ExtractorParts {
  readonly bus: ServiceBus;
  readonly records: RunRecords;
  readonly settings: ExtractorSettings;
  readonly context: ServiceContext;
  readonly guard: SourceGuard;
  readonly folder: DataFolder;
  /** Where embedders elsewhere are lent the bytes of images. */
  readonly lending: ImageBytesServer | undefined;
}

/** Connects, begins to lend where that is asked for, and waits for the data folder. */
export async function composeExtractor(
  settings: ExtractorSettings,
  context: ServiceContext,
): Promise<ExtractorParts> {
  const bus = await connectService(settings, context);
  context.health.addCheck('originals', () => checkReadable(settings.originals));
  const guard = new SourceGuard({ originalsDir: settings.originals, log: context.log });
  const lending =
    settings.bytes === 'object-store'
      ? await lend(bus, settings, { metrics: context.metrics, guard })
      : undefined;
  const folder = openDataFolder(settings.data, context.log);
  await folder.untilThere();
  const records = await openRunRecords(bus);
  return { bus, records, settings, context, guard, folder, lending };
}

/** What reads images is loaded by those who lend, and by nobody else. */
async function lend(
  bus: ServiceBus,
  settings: ExtractorSettings,
  parts: Pick<ServiceContext, 'metrics'> & Pick<ExtractorParts, 'guard'>,
): Promise<ImageBytesServer> {
  const { serveOriginals } = await import('./adapters/serve-originals.js');
  return serveOriginals(bus, settings, parts);
}
