import { relative } from 'node:path';
import { isUnfinished, type RunHead, type RunId } from '@cullstream/contracts';
import type { Bus } from '@cullstream/bus';
import { loadLegacyIndex } from '@cullstream/cache';
import type { FindLegacyEmbedding } from '@cullstream/catalog';
import { SourceGuard } from '@cullstream/imaging/archive';
import {
  checkReadable,
  connectService,
  openDataFolder,
  openRunRecords,
  requireRun,
  requireWholeRun,
  type DataFolder,
  type Logger,
  type RunRecords,
  type Service,
  type ServiceContext,
} from '@cullstream/runtime';
import { createFeedGate } from './adapters/feed-gate.js';
import { createProjectAttempts } from './adapters/project-attempts.js';
import { pause, untilAborted } from './adapters/pause.js';
import { ProjectOrder } from './core/project-order.js';
import { extractProject } from './extract-project.js';
import type { ExtractorSettings } from './settings.js';

/** How often it looks for runs that have begun, or that were resumed. */
const LOOK_EVERY_MS = 1_000;

/**
 * Publishes one event an image for every project of a run, as embedders take them: in the record's
 * order, except for projects that are wanted first. Started again, it goes on behind the last event
 * that the stream holds of each project. Set up for one run it ends then, unless it lends bytes;
 * otherwise it serves every run that begins, one after another, until it is stopped. A paused run waits, and others pass it.
 */
export async function startExtractor(
  settings: ExtractorSettings,
  context: ServiceContext,
): Promise<Service> {
  const bus = await connectService(settings, context);
  context.health.addCheck('originals', () => checkReadable(settings.originals));
  const guard = new SourceGuard({ originalsDir: settings.originals, log: context.log });
  const lending =
    settings.bytes === 'object-store'
      ? await lend(bus, settings, { ...context, guard })
      : undefined;
  const folder = openDataFolder(settings.data, context.log);
  await folder.untilThere();
  const stopping = new AbortController();
  const work = async () => {
    const records = await openRunRecords(bus);
    const extractor = { bus, records, settings, context, guard, folder, signal: stopping.signal };
    if (settings.run === undefined) return extractAll(extractor);
    await extractOne(settings.run, extractor);
    // Whoever lends is there until the last image is embedded.
    if (lending !== undefined) await untilAborted(stopping.signal);
  };
  const finish = async () => {
    await lending?.stop();
    await bus.drain();
  };
  return {
    done: Promise.race([work(), bus.lost]).finally(finish),
    stop: () => {
      folder.leave();
      stopping.abort();
    },
  };
}

/** What reads images is loaded by those who lend, and by nobody else. */
async function lend(
  bus: Bus,
  settings: ExtractorSettings,
  parts: Pick<ServiceContext, 'metrics'> & Pick<Extractor, 'guard'>,
) {
  const { lendOriginals } = await import('./adapters/lend-originals.js');
  return lendOriginals(bus, settings, parts);
}

interface Extractor {
  readonly bus: Bus;
  readonly records: RunRecords;
  readonly settings: ExtractorSettings;
  readonly context: ServiceContext;
  readonly guard: SourceGuard;
  readonly folder: DataFolder;
  readonly signal: AbortSignal;
}

/** Goes through all projects at least once: what a stream lost is in it again. */
async function extractOne(run: RunId, extractor: Extractor): Promise<void> {
  const { records, signal } = extractor;
  let record: RunHead | undefined = await requireRun(records, run);
  let isThrough = false;
  while (!signal.aborted && record !== undefined && isUnfinished(record) && !isThrough) {
    if (record.state === 'running') isThrough = await extractRun(record, extractor);
    else await pause(LOOK_EVERY_MS, signal);
    record = await records.get(run);
  }
}

/** A broker that does not answer for the moment has no new runs; whether it does is told by health. */
async function listPatiently(records: RunRecords, log: Logger): Promise<RunHead[]> {
  try {
    return [...(await records.list()).values()];
  } catch (error) {
    log.warn({ err: error }, 'the broker does not tell which runs there are');
    return [];
  }
}

/** Replays feed themselves. */
async function extractAll(extractor: Extractor): Promise<void> {
  const { records, signal, context } = extractor;
  while (!signal.aborted) {
    const next = (await listPatiently(records, context.log)).find(
      ({ state, extractedAt, replay }) =>
        state === 'running' && extractedAt === null && replay === undefined,
    );
    if (next === undefined) await pause(LOOK_EVERY_MS, signal);
    else await extractRun(next, extractor);
  }
}

/** @returns whether every image is published; false when it was stopped, paused, ended or forgotten */
async function extractRun(begun: RunHead, extractor: Extractor): Promise<boolean> {
  const { bus, records, settings, context, guard, folder, signal } = extractor;
  const { log, metrics } = context;
  const { run } = begun;
  const findLegacy = legacyFinder(begun, settings.data);
  const order = new ProjectOrder();
  let lists: RunHead['lists'] | undefined;
  const isOwn = settings.run !== undefined;
  const gate = createFeedGate(bus, records, { run, isOwn, order, signal });
  const interrupted = new Map<string, number>();
  const attempts = createProjectAttempts(bus, run, log);
  const common = {
    bus,
    settings,
    metrics,
    log,
    findLegacy,
    gate,
    guard,
    folder,
    attempts,
    interrupted,
  };
  for (;;) {
    const record = await records.get(run);
    if (signal.aborted || record?.state !== 'running') return false;
    if (lists === undefined || !isSame(lists, record.lists)) {
      order.extend((await requireWholeRun(records, run)).projects);
      lists = record.lists;
    }
    const next = order.next(record.first);
    if (next === undefined) break;
    const isWanted = async () => !signal.aborted && (await records.get(run))?.state === 'running';
    const isThrough = await extractProject(next, { ...common, record, isWanted });
    if (isThrough) order.passed(next.project.name);
  }
  const extractedAt = new Date().toISOString();
  const isExtended = (current: RunHead) => !isSame(lists, current.lists);
  const current = await records.update(run, (last) =>
    isExtended(last) ? last : { ...last, extractedAt },
  );
  if (current === undefined || isExtended(current)) return false;
  log.info({ run, projects: order.published }, 'every image is published');
  return true;
}

/** Whether a run has the projects that it had: it may be taken up again with more. */
function isSame(one: RunHead['lists'], other: RunHead['lists']): boolean {
  if ('digest' in one && 'digest' in other) return one.digest === other.digest;
  return JSON.stringify(one) === JSON.stringify(other);
}

function legacyFinder(record: RunHead, dataDir: string): FindLegacyEmbedding {
  if (record.options.legacyCache === 'ignore') return () => undefined;
  const index = loadLegacyIndex({ dataDir });
  return (names, fileName) => {
    const found = index.find(names, fileName);
    return found === undefined ? undefined : relative(dataDir, found.embeddingFile);
  };
}
