import {
  encodeEvent,
  EVENT_VERSION,
  toMessageId,
  toSubject,
  type ProjectCataloged,
  type ProjectTotals,
  type ReplayOrigin,
  type RunRecord,
} from '@cullstream/contracts';
import { bundleLimits, type Bus } from '@cullstream/bus';
import { inspectSharedCache, type EmbeddingCacheReader } from '@cullstream/cache';
import { openRunRecords, type Logger } from '@cullstream/runtime';
import { readImages } from '@cullstream/store';
import { listOwnDatabases } from '@cullstream/versions';
import { rebuildEvents } from './rebuild-events.js';
import type { FeedOutcome, FeedTarget } from './feed-target.js';
import { republishStored } from './republish-stored.js';
import { readPublishedSequences } from './read-published-sequences.js';

export interface FeedOptions {
  readonly dataDir: string;
  /** Folder of what can always be made anew. */
  readonly cacheDir: string;
  /** What ‹vectors› says. */
  readonly vectors: string | undefined;
  readonly log: Logger;
  /** Told once a project is fed: which way its events came. */
  readonly onFed: (project: string, outcome: FeedOutcome) => void;
}

/**
 * Publishes the events of a replay under its own run, one project after another: those the stream
 * still holds, then, rebuilt from database and cache, those it does not. Goes on where it stopped.
 */
export async function feedReplay(
  bus: Bus,
  record: RunRecord,
  signal: AbortSignal,
  options: FeedOptions,
): Promise<void> {
  const { replay } = record;
  if (replay === undefined || record.extractedAt !== null) return;
  const databases = await listOwnDatabases(options.dataDir);
  // Once for all projects.
  let opened: Promise<EmbeddingCacheReader> | undefined;
  const openCache = () =>
    (opened ??= inspectSharedCache({
      dataDir: options.dataDir,
      cacheDir: options.cacheDir,
      vectors: options.vectors,
      recipe: record.recipe.embedding,
      vectorsFrom: 'pack',
      indexFrom: 'table',
      log: options.log,
    }));
  for (const { project } of record.projects) {
    const path = databases.find((database) => database.project === project.name)?.path;
    if (path === undefined) throw new Error(`the database of ${project.name} is gone`);
    const outcome = await feedProject(bus, { record, replay, project, path, openCache }, signal);
    if (signal.aborted) return;
    options.onFed(project.name, outcome);
  }
  const records = await openRunRecords(bus);
  const extractedAt = new Date().toISOString();
  await records.update(record.run, (current) => ({ ...current, extractedAt }));
}

interface Fed {
  readonly record: RunRecord;
  readonly replay: ReplayOrigin;
  readonly project: ProjectTotals;
  /** Database of the project. */
  readonly path: string;
  readonly openCache: () => Promise<EmbeddingCacheReader>;
}

async function feedProject(
  bus: Bus,
  { record, replay, project, path, openCache }: Fed,
  signal: AbortSignal,
): Promise<FeedOutcome> {
  const publisher = bus.publisher({ bundle: bundleLimits[replay.from] });
  const source = replay.sources[project.name];
  if (source === undefined) throw new Error(`the replay names no run of ${project.name}`);
  await announce(bus, record, project);
  const fed = await readPublishedSequences(bus, record.run, project.name, replay.from);
  const subject = toSubject(replay.from, record.run, project.name);
  const target: FeedTarget = {
    run: record.run,
    project,
    embeddingRecipe: record.recipe.embedding.id,
    fed,
    signal,
    async send(event) {
      await publisher.send(subject, encodeEvent(event), { id: toMessageId(event) });
      fed.add(event.sequence);
    },
  };
  const failed = new Set<number>();
  for (const { sequence, outcome } of readImages(path, source)) {
    if (outcome.kind === 'failed' && outcome.stage === 'embedder') failed.add(sequence);
  }
  const before = fed.size;
  const stored = await republishStored(bus, { from: replay.from, source, failed }, target);
  const missing = fed.size < project.images ? readImages(path, source) : [];
  const rebuilt = await rebuildEvents(missing, { from: replay.from, openCache }, target);
  await publisher.flush();
  return { before, stored, ...rebuilt };
}

async function announce(bus: Bus, { run }: RunRecord, project: ProjectTotals): Promise<void> {
  const type = 'project.cataloged';
  const event: ProjectCataloged = { v: EVENT_VERSION, type, run, project, warnings: [] };
  const id = `${run}/${project.name}/${type}`;
  const subject = toSubject('results', run, project.name, type);
  await bus.publisher().publish(subject, encodeEvent(event), { id });
}
