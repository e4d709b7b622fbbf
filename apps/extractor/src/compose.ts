import { openProjectClaims, type ImageBytesServer, type ProjectClaims } from '@cullstream/bus';
import { openOriginals, SourceGuard } from '@cullstream/imaging/archive';
import {
  connectService,
  openDataFolder,
  openRunRecords,
  type DataFolder,
  type RunRecords,
  type ServiceBus,
  type ServiceContext,
} from '@cullstream/runtime';
import type { ExtractorSettings } from './settings.js';

/** The parts of the extractor. */
export interface ExtractorParts {
  readonly bus: ServiceBus;
  readonly records: RunRecords;
  readonly settings: ExtractorSettings;
  readonly context: ServiceContext;
  readonly guard: SourceGuard;
  readonly folder: DataFolder;
  /** Serves images to embedders that cannot read the originals; undefined if that is not set. */
  readonly lending: ImageBytesServer | undefined;
  /** Whether other extractors may work on the same runs. */
  readonly isShared: boolean;
  /** What they agree on; undefined if there are no others, or the broker does not let them agree. */
  readonly claims: ProjectClaims | undefined;
}

/** Connects, serves images through the broker if that is set, and waits for the data folder. */
export async function composeExtractor(
  settings: ExtractorSettings,
  context: ServiceContext,
  isShared: boolean,
): Promise<ExtractorParts> {
  const bus = await connectService(settings, context);
  context.health.addCheck('originals', () => openOriginals(settings.originals).check());
  const guard = new SourceGuard({ originalsDir: settings.originals, log: context.log });
  const lending =
    settings.bytes === 'object-store'
      ? await lend(bus, settings, { metrics: context.metrics, guard })
      : undefined;
  const folder = openDataFolder(settings.data, context.log, { id: settings.folderId });
  await folder.untilThere();
  const records = await openRunRecords(bus);
  const claims = isShared ? await openClaims(bus, context.log) : undefined;
  return { bus, records, settings, context, guard, folder, lending, isShared, claims };
}

/** Without claims every extractor goes through every project, and counts what ends others as ended by the project. */
async function openClaims(
  bus: ServiceBus,
  log: ServiceContext['log'],
): Promise<ProjectClaims | undefined> {
  const claims = await openProjectClaims(bus);
  if (claims === undefined) {
    log.warn(
      'the broker does not let extractors share projects: start one only, or make its list of users again (`cullstream keys`)',
    );
  }
  return claims;
}

/** Loads the code that reads images only if they are served. */
async function lend(
  bus: ServiceBus,
  settings: ExtractorSettings,
  parts: Pick<ServiceContext, 'metrics'> & Pick<ExtractorParts, 'guard'>,
): Promise<ImageBytesServer> {
  const { serveOriginals } = await import('./adapters/serve-originals.js');
  return serveOriginals(bus, settings, parts);
}
