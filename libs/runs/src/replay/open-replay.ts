import { randomBytes } from 'node:crypto';
import {
  isUnfinished,
  newRunId,
  toSubject,
  toWords,
  writeSettings,
  type PlannedProject,
  type ReplayRequest,
  type RunHead,
  type RunId,
  type RunRecord,
} from '@cullstream/contracts';
import { setUpBroker } from '@cullstream/broker';
import {
  assertSameContract,
  ensureStreams,
  readLastEvent,
  streams,
  type Bus,
} from '@cullstream/bus';
import type { ChosenModels } from '@cullstream/inference';
import { openRunRecords, type RunRecords } from '@cullstream/runtime';
import { folderId } from '../open/folder-id.js';
import { forgetRun, registerRun, type RegisterRunSettings } from '../open/register-run.js';
import { nextRunTime } from '../open/next-run-time.js';
import type { OpenedRun } from '../open/open-run.js';
import type { ReplayOptions } from '../options.js';
import { findSources, type HasEvents, type ReplaySource } from './find-sources.js';

/**
 * Takes up the unfinished replay of the same request by the same models, or begins a new one.
 * @throws {ConfigurationError} when there is nothing to replay, or programs of another contract work at the broker
 */
export async function openReplay(
  bus: Bus,
  models: ChosenModels,
  settings: ReplayOptions & RegisterRunSettings,
): Promise<OpenedRun> {
  if (settings.services === 'deployed') {
    await assertSameContract(bus, 'cullstream');
    await ensureStreams(bus);
  } else {
    await setUpBroker(bus);
  }
  const records = await openRunRecords(bus);
  const request = toRequest(settings);
  const folder = await folderId(settings.data);
  const alike = await unfinishedAlike(records, folder, request, models);
  if (settings.restart) {
    for (const { run } of alike) await forgetRun(bus, records, run);
  }
  const last = settings.restart ? undefined : alike.at(-1);
  const unfinished = last && (await records.load(last.run));
  const options = { folder, dataDir: settings.data, known: (await records.list()).keys() };
  const begun = unfinished ?? (await newReplay(bus, request, models, options));
  const record: RunRecord = { ...begun, state: 'running' };
  const isNew = unfinished === undefined;
  const registered = await registerRun(bus, records, record, { ...settings, isNew });
  if (registered === undefined) return openReplay(bus, models, settings);
  return { record: registered, resumed: !isNew };
}

function toRequest({ from, project, run, after, before }: ReplayOptions): ReplayRequest {
  return {
    from,
    projects: project ?? null,
    run: run ?? null,
    after: after ?? null,
    before: before ?? null,
  };
}

async function unfinishedAlike(
  records: RunRecords,
  folder: string,
  request: ReplayRequest,
  { predictionRecipe }: ChosenModels,
): Promise<RunHead[]> {
  return [...(await records.list()).values()].filter((record) => {
    const { state, recipe, replay } = record;
    if (record.folder !== undefined && record.folder !== folder) return false;
    if (replay === undefined || !isUnfinished({ state }) || recipe.id !== predictionRecipe.id)
      return false;
    return toKey(replay) === toKey(request);
  });
}

function toKey({ from, projects, run, after, before }: ReplayRequest): string {
  return JSON.stringify([from, projects, run, after, before]);
}

interface NewReplay {
  readonly folder: string;
  readonly dataDir: string;
  /** Runs that the broker has a record of. */
  readonly known: Iterable<RunId>;
}

async function newReplay(
  bus: Bus,
  request: ReplayRequest,
  models: ChosenModels,
  { folder, dataDir, known }: NewReplay,
): Promise<RunRecord> {
  const now = new Date();
  const { from } = request;
  const hasEvents: HasEvents = async (run, project) =>
    (await readLastEvent(bus, streams[from].name, toSubject(from, run, project))) !== undefined;
  const found = await findSources(dataDir, request, models.embeddingRecipe, hasEvents);
  const older = [...known, ...found.map(({ run }) => run.run)];
  return {
    v: 1,
    run: newRunId(nextRunTime(now, older), randomBytes(4)),
    createdAt: now.toISOString(),
    state: 'running',
    folder,
    recipe: models.predictionRecipe,
    notes: models.notes.map((note) => writeSettings(note, toWords)),
    // Groups come with the events; vectors of the older tool are in the cache by now, or not wanted.
    options: { minGroupSize: 1, timeGapMinutes: null, legacyCache: 'ignore' },
    replay: {
      ...request,
      sources: Object.fromEntries(found.map(({ database, run }) => [database.project, run.run])),
    },
    projects: found.map((source) => toPlanned(source, request)),
    skipped: [],
    rejected: [],
    excluded: [],
    legacySamples: [],
    extractedAt: null,
    completedAt: null,
    summary: null,
  };
}

function toPlanned({ run }: ReplaySource, { from }: ReplayRequest): PlannedProject {
  const cached = from === 'embeddings' ? run.project.images - run.counts.failed : 0;
  return { project: run.project, cached, warnings: [] };
}
