import { chooseModels, requireDevice, type ChosenModels } from '@cullstream/inference';
import { changeAcceptances } from '@cullstream/store';
import { groupByRecipe, type EntriesOfRecipe } from './group-by-recipe.js';
import { toFailureIdentity, isSelected, type DeadEntry, type FailedProject } from './dead-entry.js';
import { chooseIds } from './choose-ids.js';
import { findAgain } from './find-again.js';
import { selectDead } from './list-dead.js';
import { listFailedImages } from './list-failed-images.js';
import { listFailedProjects } from './list-failed-projects.js';
import { listPoisonedMessages } from './list-poisoned-messages.js';
import { retryInRun } from './retry-in-run.js';
import { splitRetries } from './split-retries.js';
import { recallModels, withDefaultModels } from '../plan/recall-models.js';
import { settleDevice } from '../plan/settle-device.js';
import { settlePrecision } from '../plan/settle-precision.js';
import { lockForServices, openRunRecords, requireDataFolder } from '@cullstream/runtime';
import { executeRun } from '../execute/execute-run.js';
import type { ExecutionParts, RunView } from '../execute/execution.js';
import { unlessInterrupted, type Interruption } from '../interruption.js';
import { prepareRun } from '../plan/prepare-run.js';
import type { RequeueOptions } from '../execute/requeue.js';
import { toRunExecution } from '../open/to-run-execution.js';
import { isExternal, withLockedBroker } from '@cullstream/broker';
import type { RetryOptions, UseOptions } from '../options.js';
import type { WorkContext } from '../work-context.js';

type End = 'done' | 'interrupted';

export interface Retry {
  readonly settings: RetryOptions;
  /** Ids, or beginnings of ids, of what is tried again; none for all that is selected. */
  readonly ids: readonly string[];
  readonly context: RetryContext;
  readonly interruption: Interruption;
}

export interface RetryContext extends WorkContext {
  /** Shows the run that takes up what cannot be tried again within the old one. */
  readonly openView: () => RunView;
  readonly onWarning: ExecutionParts['onWarning'];
}

export interface RetryOutcome {
  readonly tried: readonly DeadEntry[];
  /** What failed again. */
  readonly still: readonly DeadEntry[];
}

/**
 * Sends what was given up through the stages again; an entry that succeeds is gone from the list.
 * @returns undefined where it was interrupted
 */
export async function retryDead({
  settings,
  ids,
  context,
  interruption,
}: Retry): Promise<RetryOutcome | undefined> {
  if (!isExternal(context)) requireDataFolder(settings.data);
  const lock = await lockForServices(settings);
  try {
    const listing = listSelected(settings, context, ids);
    const { groups, projects } = await unlessInterrupted(listing, interruption);
    for (const { project } of projects) {
      context.note(
        `${project}: failed as a whole; once that is put right, \`cullstream run\` does it`,
      );
    }
    // All of them first: where one cannot be had, nothing is begun.
    const plans: Plan[] = [];
    for (const group of groups) {
      plans.push(await unlessInterrupted(plan(group, settings, context), interruption));
    }
    for (const each of plans) {
      if ((await retryAll(each, { context, interruption })) === 'interrupted') return undefined;
    }
    const selected = groups.flatMap(({ entries }) => entries);
    const { groups: remaining } = await listSelected(settings, context, []);
    const left = remaining.flatMap(({ entries }) => entries);
    const still = left.filter((entry) => findAgain(entry, selected) !== undefined);
    await forgetRepaired(selected, still, settings.data);
    return { tried: selected, still };
  } finally {
    await lock.release();
  }
}

interface Selected {
  readonly groups: readonly EntriesOfRecipe[];
  /** Of a project that failed as a whole there is nothing in the stages: a run takes it up. */
  readonly projects: readonly FailedProject[];
}

/** @param named ids, or beginnings of ids; none for all */
async function listSelected(
  settings: RetryOptions,
  context: WorkContext,
  named: readonly string[],
): Promise<Selected> {
  const images = await listFailedImages(settings.data);
  const projects = await listFailedProjects(settings.data, context.log);
  return withLockedBroker(context, async (bus) => {
    const messages = await listPoisonedMessages(bus);
    const all = [...images, ...messages];
    const selection = { ...settings, ids: chooseIds([...projects, ...all], named) };
    const selected = await selectDead(all, settings.data, { selection, context });
    const records = await openRunRecords(bus);
    return {
      groups: await groupByRecipe(selected, async (run) => (await records.get(run))?.recipe),
      projects: projects.filter((project) => isSelected(project, selection)),
    };
  });
}

/** Entries with the models that they are tried again with. */
interface Plan {
  readonly entries: readonly DeadEntry[];
  readonly settings: WholeSettings;
  readonly models: ChosenModels;
}

type WholeSettings = RetryOptions & UseOptions;

async function plan(
  { recalled, entries }: EntriesOfRecipe,
  named: RetryOptions,
  { note }: WorkContext,
): Promise<Plan> {
  const { settings: found, notes } =
    recalled === undefined
      ? { settings: withDefaultModels(named), notes: [] }
      : await recallModels(named, recalled);
  const { settings, notes: ofPrecision } = await settlePrecision(found);
  const isOwn = settings.services === 'own';
  if (isOwn) await requireDevice(settings.device, settings.precision);
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  const ofDevice = isOwn ? await settleDevice(models, settings) : [];
  for (const line of [...notes, ...ofPrecision, ...ofDevice, ...models.notes]) note(line);
  return { entries, settings, models };
}

async function retryAll(
  { entries, settings, models }: Plan,
  parts: Pick<Retry, 'context' | 'interruption'>,
): Promise<End> {
  const { files, predictionRecipe: recipe } = models;
  const options = { files, recipe, settings, ...parts };
  const { inRun, anew, problems } = await splitRetries(entries, models, settings);
  for (const problem of problems) parts.context.note(`error: ${problem}`);
  const end = await retryRuns(inRun, options);
  return end === 'done' ? runAnew(anew, options, settings) : end;
}

async function retryRuns(
  inRun: ReadonlyMap<string, readonly DeadEntry[]>,
  options: RequeueOptions,
): Promise<End> {
  if (inRun.size === 0) return 'done';
  const { context } = options;
  return withLockedBroker(context, async (bus, broker) => {
    for (const [run, entries] of inRun) {
      context.note(`run ${run}: ${entries.length} tried again`);
      if ((await retryInRun({ bus, broker }, run, entries, options)) === 'interrupted') {
        return 'interrupted';
      }
    }
    return 'done';
  });
}

async function runAnew(
  projects: readonly string[],
  { context, interruption }: Pick<Retry, 'context' | 'interruption'>,
  settings: WholeSettings,
): Promise<End> {
  if (projects.length === 0) return 'done';
  const { note, log } = context;
  note(`source or models changed: a new run takes up ${projects.join(', ')}`);
  const runSettings = {
    ...settings,
    only: [...projects],
    restart: false,
    detach: false,
    bytes: 'originals' as const,
  };
  const again = new Set(projects);
  const preparing = prepareRun(runSettings, log, { again, note });
  const prepared = await unlessInterrupted(preparing, interruption);
  const execution = toRunExecution(prepared, runSettings, log);
  const end = await executeRun(execution, runSettings, {
    ...context,
    view: context.openView(),
    interruption,
  });
  return end.kind === 'completed' ? 'done' : 'interrupted';
}

/** What succeeds now and fails again some day is another failure. */
async function forgetRepaired(
  tried: readonly DeadEntry[],
  still: readonly DeadEntry[],
  dataDir: string,
): Promise<void> {
  const repaired = tried.filter(
    (entry) => entry.accepted !== undefined && findAgain(entry, still) === undefined,
  );
  if (repaired.length === 0) return;
  await changeAcceptances(dataDir, (all) => all.without(repaired.map(toFailureIdentity)));
}
