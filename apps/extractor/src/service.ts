import { isUnfinished, type RunHead, type RunId } from '@cullstream/contracts';
import {
  closeAfter,
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
import { shareProjects, unshared } from './adapters/share-projects.js';
import { composeExtractor, type ExtractorParts } from './compose.js';
import { ProjectOrder } from './core/project-order.js';
import type { ExtractorSettings } from './settings.js';

/** How often it looks for new and resumed runs, and at projects that others work on. */
const LOOK_EVERY_MS = 1_000;

/**
 * Publishes an event for each image of a run, only a little ahead of the embedders: in the order of the
 * record, but prioritised projects first. After a restart it continues behind the last event that the
 * stream holds of each project. If it is set up for one run, it ends when all is published, unless it
 * serves images through the broker. Otherwise it handles every new run, one after another, until it is
 * stopped; paused runs wait and the others continue. Several such extractors share the projects of a run.
 * @param isShared whether there may be others; by default only if it is not set up for one run
 */
export async function startExtractor(
  settings: ExtractorSettings,
  context: ServiceContext,
  isShared = settings.run === undefined,
): Promise<Service> {
  const parts = await composeExtractor(settings, context, isShared);
  const { bus, folder, lending } = parts;
  const stopping = new AbortController();
  const { signal } = stopping;
  const work = async () => {
    const extractor = { ...parts, signal };
    if (settings.run === undefined) return extractAll(extractor);
    await extractOne(settings.run, extractor);
    // Images must be served until the last one is embedded.
    if (lending !== undefined) await untilAborted(signal);
  };
  const close = async () => {
    await lending?.stop();
    await bus.drain();
  };
  return {
    done: closeAfter([work(), bus.lost], close),
    stop: () => {
      folder.leave();
      stopping.abort();
    },
  };
}

interface Extractor extends ExtractorParts {
  readonly signal: AbortSignal;
}

/** Goes through all projects at least once, so that messages that a stream lost are published again. */
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

/** Replays are left out: the command that starts one publishes its events. */
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

/** @returns whether every image is published; false if the run was stopped, paused, ended or deleted */
async function extractRun(begun: RunHead, extractor: Extractor): Promise<boolean> {
  const { bus, records, settings, context, guard, folder, isShared, claims, signal } = extractor;
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
    isShared,
  };
  const sharing = claims === undefined ? unshared : shareProjects(claims, run, log);
  for (;;) {
    const record = await records.get(run);
    if (signal.aborted || record?.state !== 'running') return false;
    if (lists === undefined || !isSame(lists, record.lists)) {
      order.extend((await requireWholeRun(records, run)).projects);
      lists = record.lists;
    }
    if (order.isThrough) break;
    const next = order.next(record.first, performance.now());
    if (next === undefined) {
      await pause(LOOK_EVERY_MS, signal);
      continue;
    }
    const { name } = next.project;
    const claim = await sharing.take(name);
    if (claim === 'done') order.passed(name);
    else if (claim === 'held') order.setAside(name, performance.now() + LOOK_EVERY_MS);
    else {
      const isWanted = async () =>
        !signal.aborted && !claim.isLost && (await records.get(run))?.state === 'running';
      try {
        const isThrough = await extractProject(next, { ...common, record, claim, isWanted });
        if (isThrough && (await claim.finish())) order.passed(name);
      } finally {
        await claim.release();
      }
    }
  }
  // Others may have come here at the same time: each has seen that all is published.
  const extractedAt = new Date().toISOString();
  const isExtended = (current: RunHead) => !isSame(lists, current.lists);
  const current = await records.update(run, (last) =>
    isExtended(last) ? last : { ...last, extractedAt: last.extractedAt ?? extractedAt },
  );
  if (current === undefined || isExtended(current)) return false;
  log.info({ run, projects: order.published }, 'every image is published');
  return true;
}

/** Whether the list of projects is the same as before: a run may be continued with more projects. */
function isSame(one: RunHead['lists'], other: RunHead['lists']): boolean {
  if ('digest' in one && 'digest' in other) return one.digest === other.digest;
  return JSON.stringify(one) === JSON.stringify(other);
}
