import { isUnfinished, type RunHead, type RunId } from '@cullstream/contracts';
import {
  listRuns,
  pause,
  requireRun,
  requireWholeRun,
  untilAborted,
  type Service,
  type ServiceContext,
} from '@cullstream/runtime';
import { extractProject } from './adapters/extract-project.js';
import { createFeedGate } from './adapters/feed-gate.js';
import { legacyFinder } from './adapters/legacy-finder.js';
import { createProjectAttempts } from './adapters/project-attempts.js';
import { composeExtractor, type ExtractorParts } from './compose.js';
import { ProjectOrder } from './core/project-order.js';
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
  const parts = await composeExtractor(settings, context);
  const { bus, folder, lending } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    const extractor = { ...parts, signal };
    if (settings.run === undefined) return extractAll(extractor);
    await extractOne(settings.run, extractor);
    // Whoever lends is there until the last image is embedded.
    if (lending !== undefined) await untilAborted(signal);
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

interface Extractor extends ExtractorParts {
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

/** Replays feed themselves. */
async function extractAll(extractor: Extractor): Promise<void> {
  const { records, signal, context } = extractor;
  while (!signal.aborted) {
    const next = (await listRuns(records, context.log)).find(
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
  const { log, metrics, tracing } = context;
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
    tracing,
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
