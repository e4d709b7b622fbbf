import { randomBytes } from 'node:crypto';
import {
  ConfigurationError,
  isUnfinished,
  newRunId,
  toWords,
  writeSettings,
  type PlannedProject,
  type RejectedSource,
  type RunId,
  type RunOptions,
  type RunRecord,
} from '@cullstream/contracts';
import { assertSameContract, type Bus } from '@cullstream/bus';
import { openRunRecords, type RunRecords } from '@cullstream/runtime';
import type { BatchOptions, PlanOptions } from '../options.js';
import {
  registerRun,
  forgetRun,
  refuseDeployed,
  type RegisterRunSettings,
} from './register-run.js';
import { findObstacle } from './find-obstacle.js';
import { folderId } from './folder-id.js';
import { nextRunTime } from './next-run-time.js';
import { setUpBroker } from '@cullstream/broker';
import { estimatePlan, findKnownRates } from '../plan/known-rates.js';
import type { PreparedRun } from '../plan/prepare-run.js';

export interface OpenedRun {
  readonly record: RunRecord;
  readonly resumed: boolean;
  /** Unfinished runs that were forgotten, as they are not what is to be run now. */
  readonly ended?: readonly EndedRun[];
}

interface EndedRun {
  readonly run: RunId;
  readonly because: string;
}

/** Takes up the unfinished run that these settings continue, or begins a new one. */
export async function openRun(
  bus: Bus,
  prepared: PreparedRun,
  settings: PlanOptions &
    RegisterRunSettings &
    Pick<BatchOptions, 'restart' | 'bytes' | 'replicas'>,
): Promise<OpenedRun> {
  const isDeployed = settings.services === 'deployed';
  const folder = await folderId(settings.data);
  if (isDeployed) {
    if (settings.replicas !== undefined) {
      throw new ConfigurationError([
        '‹replicas›: `cullstream provision` sets it for deployed services',
      ]);
    }
    await assertSameContract(bus, 'cullstream');
  } else {
    await setUpBroker(bus, { ...settings, folder });
    await refuseDeployed(bus);
  }
  const records = await openRunRecords(bus);
  const planned = prepared.plan.projects.map(({ project }) => project.name);
  const listOwn = () => loadUnfinished(records, folder);
  if (settings.restart) {
    for (const record of toBeForgotten(await listOwn(), isDeployed ? planned : undefined)) {
      await forgetRun(bus, records, record.run);
    }
  }
  const { id } = prepared.models.predictionRecipe;
  const own = (await listOwn()).filter(({ recipe }) => recipe.id === id);
  // A run that deployed services are at work on is followed, whatever else it does.
  const limits = { options: toOptions(settings), mayDoMore: isDeployed };
  const unfinished = own
    .filter((record) => findObstacle(record, prepared, limits) === undefined)
    .filter((record) => !isDeployed || takesUp(record, planned))
    .at(-1);
  const known = (await records.list()).keys();
  const record: RunRecord =
    unfinished === undefined
      ? {
          ...newRecord(prepared, settings, [...known, ...toLatest(prepared)]),
          folder,
          estimate: estimatePlan(prepared.plan, await findKnownRates(prepared.models, settings)),
        }
      : { ...extend(unfinished, prepared), state: 'running' };
  const ended: EndedRun[] = [];
  // On a deployment several runs are under way at once and do not affect each other.
  for (const old of isDeployed ? [] : own.filter(({ run }) => run !== record.run)) {
    await forgetRun(bus, records, old.run);
    const because = findObstacle(old, prepared, limits) ?? 'a newer one goes on';
    ended.push({ run: old.run, because });
  }
  const isNew = unfinished === undefined;
  const registered = await registerRun(bus, records, record, { ...settings, isNew });
  // Somebody has just cancelled the run that was to go on.
  if (registered === undefined) return openRun(bus, prepared, settings);
  return { record: registered, resumed: !isNew, ended };
}

/**
 * Unfinished runs of the data folder, with their lists. Runs of other data folders are never
 * continued here.
 */
async function loadUnfinished(records: RunRecords, folder: string): Promise<RunRecord[]> {
  const own: RunRecord[] = [];
  for (const head of (await records.list()).values()) {
    if (head.folder !== undefined && head.folder !== folder) continue;
    if (!isUnfinished(head) || head.replay !== undefined) continue;
    const record = await records.load(head.run);
    if (record !== undefined) own.push(record);
  }
  return own;
}

function toOptions(settings: PlanOptions): RunOptions {
  const { minGroupSize, timeGapMinutes = null, legacyCache } = settings;
  return { minGroupSize, timeGapMinutes, legacyCache };
}

/** A broker that lost its newest messages knows less of its runs than the databases. */
function toLatest({ latestRun }: PreparedRun): RunId[] {
  return latestRun === undefined ? [] : [latestRun];
}

function newRecord(
  { models, plan }: PreparedRun,
  settings: PlanOptions,
  known: Iterable<RunId>,
): RunRecord {
  const now = new Date();
  return {
    v: 1,
    run: newRunId(nextRunTime(now, known), randomBytes(4)),
    createdAt: now.toISOString(),
    state: 'running',
    recipe: models.predictionRecipe,
    notes: models.notes.map(keepable),
    options: toOptions(settings),
    projects: [...plan.projects],
    skipped: [...plan.skipped],
    rejected: toKept(plan.rejected),
    excluded: toExcluded(plan),
    legacySamples: [...plan.legacySamples],
    extractedAt: null,
    completedAt: null,
    summary: null,
  };
}

/** A resumed run also takes up what is selected now and was not then. */
function extend(record: RunRecord, { models, plan }: PreparedRun): RunRecord {
  const known = new Set(record.projects.map(({ project }) => project.name));
  const added = plan.projects.filter(({ project }: PlannedProject) => !known.has(project.name));
  const taken = new Set(record.projects.map(({ project }) => toPlace(project)));
  // One that deployed services are at work on may hold what is left out, or missing, now.
  const isLeft = (source: RejectedSource) => !taken.has(toPlace(source));
  return {
    ...record,
    notes: models.notes.map(keepable),
    projects: [...record.projects, ...added],
    skipped: plan.skipped.filter(({ project }) => !known.has(project.name)),
    rejected: toKept(plan.rejected).filter(isLeft),
    excluded: toExcluded(plan).filter(isLeft),
    legacySamples: record.legacySamples.length > 0 ? record.legacySamples : [...plan.legacySamples],
    extractedAt: added.length > 0 ? null : record.extractedAt,
  };
}

/** Sources of different places may clash by name. */
const toPlace = ({ name, source }: { readonly name: string; readonly source: string }) =>
  JSON.stringify([name, source]);

/** A record is read by anybody, later: what it says names settings in words. */
const keepable = (text: string) => writeSettings(text, toWords);

function toKept(rejected: readonly RejectedSource[]): RejectedSource[] {
  return rejected.map((each) => ({ ...each, message: keepable(each.message) }));
}

/** What the inventory leaves out, and says is done. */
export function toExcluded({ excluded, done }: PreparedRun['plan']): RejectedSource[] {
  const sources = done.map(({ name, source, message }) => ({ name, source, message }));
  return [...sources, ...excluded];
}

/** Whether a run that is under way does all that is asked for already. */
function takesUp(record: RunRecord, names: readonly string[]): boolean {
  const known = new Set(record.projects.map(({ project }) => project.name));
  return names.every((name) => known.has(name));
}

/** @param names only runs of one of these projects */
function toBeForgotten(
  records: readonly RunRecord[],
  names: readonly string[] | undefined,
): RunRecord[] {
  if (names === undefined) return [...records];
  const wanted = new Set(names);
  return records.filter(({ projects }) => projects.some(({ project }) => wanted.has(project.name)));
}
