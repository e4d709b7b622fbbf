import { relative } from 'node:path';
import {
  decodeEvent,
  encodeEvent,
  EVENT_VERSION,
  messageIdOf,
  subjectOf,
  type PlannedProject,
  type ProjectCataloged,
  type ProjectFailed,
  type RunRecord,
} from '@cullstream/contracts';
import { bundleLimits, lastOf, streams, type Bus, type Publisher } from '@cullstream/bus';
import { loadLegacyIndex } from '@cullstream/cache';
import {
  matchLegacy,
  readCatalogue,
  type Catalogue,
  type FindLegacyEmbedding,
} from '@cullstream/catalog';
import {
  checkReadable,
  connectService,
  openRunRecords,
  requireRun,
  type Logger,
  type RunRecords,
  type Service,
  type ServiceContext,
  type ServiceMetrics,
} from '@cullstream/runtime';
import { pause } from './adapters/pause.js';
import { firstToPublish } from './core/first-to-publish.js';
import { toImageFound } from './core/to-image-found.js';
import type { ExtractorSettings } from './settings.js';

/** How often a deployed extractor looks for runs that have begun. */
const LOOK_EVERY_MS = 1_000;

/**
 * Publishes one event an image for every project of a run, in the record's order. Started again, it
 * goes on behind the last event that the stream holds of each project. Set up for one run it ends
 * then; otherwise it serves every run that begins, one after another, until it is stopped.
 */
export async function startExtractor(
  settings: ExtractorSettings,
  context: ServiceContext,
): Promise<Service> {
  const bus = await connectService(settings, context);
  context.health.addCheck('originals', () => checkReadable(settings.originals));
  const stopping = new AbortController();
  const work = async () => {
    const records = await openRunRecords(bus);
    const extractor = { bus, records, settings, context, signal: stopping.signal };
    if (settings.run === undefined) return extractAll(extractor);
    return extractRun(await requireRun(records, settings.run), extractor);
  };
  return {
    done: Promise.race([work(), bus.lost]).finally(() => bus.drain()),
    stop: () => stopping.abort(),
  };
}

interface Extractor {
  readonly bus: Bus;
  readonly records: RunRecords;
  readonly settings: ExtractorSettings;
  readonly context: ServiceContext;
  readonly signal: AbortSignal;
}

/** Replays feed themselves. */
async function extractAll(extractor: Extractor): Promise<void> {
  const { records, signal } = extractor;
  while (!signal.aborted) {
    const next = [...(await records.list()).values()].find(
      ({ state, extractedAt, replay }) =>
        state === 'running' && extractedAt === null && replay === undefined,
    );
    if (next === undefined) await pause(LOOK_EVERY_MS, signal);
    else await extractRun(next, extractor);
  }
}

async function extractRun(record: RunRecord, extractor: Extractor): Promise<void> {
  const { bus, records, settings, context, signal } = extractor;
  const { log, metrics } = context;
  const extraction = {
    bus,
    record,
    settings,
    metrics,
    publisher: bus.publisher({ bundle: bundleLimits.images }),
    findLegacy: legacyFinder(record, settings.data),
    signal,
  };
  for (const planned of record.projects) {
    await extractProject(planned, extraction, log);
    if (signal.aborted) return;
  }
  // Forgotten meanwhile: it must not come back.
  const current = await records.get(record.run);
  if (current === undefined) return;
  await records.put(record.run, { ...current, extractedAt: new Date().toISOString() });
  log.info({ run: record.run, projects: record.projects.length }, 'every image is published');
}

interface Extraction {
  readonly bus: Bus;
  readonly record: RunRecord;
  readonly settings: ExtractorSettings;
  readonly metrics: ServiceMetrics;
  readonly publisher: Publisher;
  readonly findLegacy: FindLegacyEmbedding;
  readonly signal: AbortSignal;
}

function legacyFinder(record: RunRecord, dataDir: string): FindLegacyEmbedding {
  if (record.options.legacyCache === 'ignore') return () => undefined;
  const index = loadLegacyIndex({ dataDir });
  return (names, fileName) => {
    const found = index.find(names, fileName);
    return found === undefined ? undefined : relative(dataDir, found.embeddingFile);
  };
}

async function extractProject(
  planned: PlannedProject,
  extraction: Extraction,
  log: Logger,
): Promise<void> {
  const { name } = planned.project;
  try {
    const catalogue = await extraction.metrics.time('list', () =>
      currentCatalogue(planned, extraction),
    );
    const first = firstToPublish(await lastSequence(name, extraction));
    log.info({ project: name, images: catalogue.images.length, first }, 'publishing');
    await publishCatalogue(catalogue, first, extraction);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    log.error({ project: name, err: error }, 'the project is given up');
    await publishResult(
      {
        v: EVENT_VERSION,
        type: 'project.failed',
        run: extraction.record.run,
        project: { name, source: planned.project.source },
        message: error.message,
      },
      extraction,
    );
  }
}

/** The source cannot be used: this project is given up, the others go on. */
class SourceError extends Error {
  override readonly name = 'SourceError';
}

async function currentCatalogue(
  { project }: PlannedProject,
  { record, settings }: Extraction,
): Promise<Catalogue> {
  const { minGroupSize, timeGapMinutes } = record.options;
  const options = {
    originalsDir: settings.originals,
    dataDir: settings.data,
    minGroupSize,
    timeGapMinutes: timeGapMinutes ?? undefined,
  };
  const catalogue = await readCatalogue(project, options).catch((cause: unknown) => {
    throw new SourceError(cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (catalogue.totals.catalogue === project.catalogue) return catalogue;
  throw new SourceError(
    `${project.source} or its existing database changed since the run was planned; ` +
      'run again to take up the change',
  );
}

async function lastSequence(
  project: string,
  { bus, record }: Extraction,
): Promise<number | undefined> {
  const last = await lastOf(bus, streams.images.name, subjectOf('images', record.run, project));
  if (last === undefined) return undefined;
  const event = decodeEvent(last.data);
  return event.type === 'image.found' ? event.sequence : undefined;
}

async function publishCatalogue(
  catalogue: Catalogue,
  first: number,
  extraction: Extraction,
): Promise<void> {
  const { record, publisher, signal } = extraction;
  const { totals, warnings } = catalogue;
  await publishResult(
    {
      v: EVENT_VERSION,
      type: 'project.cataloged',
      run: record.run,
      project: totals,
      warnings: [...warnings],
    },
    extraction,
  );
  const legacy = matchLegacy(catalogue, extraction.findLegacy);
  const subject = subjectOf('images', record.run, totals.name);
  for (const image of catalogue.images.slice(first)) {
    if (signal.aborted) break;
    const event = toImageFound(record.run, catalogue, image, legacy.get(image.sequence) ?? null);
    await publisher.send(subject, encodeEvent(event), { id: messageIdOf(event) });
    extraction.metrics.countImages('published');
  }
  await publisher.flush();
}

async function publishResult(
  event: ProjectCataloged | ProjectFailed,
  { publisher }: Extraction,
): Promise<void> {
  const subject = subjectOf('results', event.run, event.project.name, event.type);
  const id = `${event.run}/${event.project.name}/${event.type}`;
  await publisher.publish(subject, encodeEvent(event), { id });
}
