import { chooseModels, type ChosenModels } from '@cullstream/inference';
import { exitCodes } from '@cullstream/runtime';
import { changeAcceptances } from '@cullstream/store';
import { groupByRecipe, type EntriesOfRecipe } from '../dead/group-by-recipe.js';
import { chooseIds } from '../dead/choose-ids.js';
import {
  identify,
  isSelected,
  ofSelection,
  type DeadEntry,
  type FailedProject,
} from '../dead/dead-entry.js';
import { selectDead } from '../dead/list-dead.js';
import { listFailedImages } from '../dead/list-failed-images.js';
import { listFailedProjects } from '../dead/list-failed-projects.js';
import { listPoisonedMessages } from '../dead/list-poisoned-messages.js';
import { retryInRun } from '../dead/retry-in-run.js';
import { splitRetries } from '../dead/split-retries.js';
import { toDocument } from '../dead/to-document.js';
import { recallModels, withUsualModels } from '../models/recall-models.js';
import { firstLines } from '../output/limit.js';
import { createBarView, createPlainView } from '../output/run-view.js';
import { lockForServices } from '../run/data-lock.js';
import { executeRun } from '../run/execute-run.js';
import { onSignals, unlessInterrupted } from '../run/interruption.js';
import { prepareRun } from '../run/prepare-run.js';
import type { RequeueOptions } from '../run/requeue.js';
import { toRunExecution } from '../run/to-run-execution.js';
import { isExternal, withLockedBroker } from '../run/with-broker.js';
import type { DeadRetrySettings } from '../settings/dead-settings.js';
import type { RunSettings } from '../settings/settings.js';
import { requireDataFolder } from '../settings/require-data-folder.js';
import type { CommandContext } from './command-context.js';

type End = 'done' | 'interrupted';

/** Sends what was given up through the stages again; an entry that succeeds is gone from the list. */
export async function deadRetry(
  settings: DeadRetrySettings,
  context: CommandContext,
  ids: readonly string[],
): Promise<number> {
  const { terminal } = context;
  const interruption = onSignals(() =>
    terminal.note('stopping: what is in flight is finished first; once more stops at once'),
  );
  if (!isExternal(settings, context)) requireDataFolder(settings.data);
  const lock = await lockForServices(settings);
  try {
    const listing = listSelected(settings, context, ids);
    const { groups, projects } = await unlessInterrupted(listing, interruption);
    for (const { project } of projects) {
      terminal.note(
        `${project}: failed as a whole; once that is put right, \`cullstream run\` does it`,
      );
    }
    // All of them first: where one cannot be had, nothing is begun.
    const plans: Plan[] = [];
    for (const group of groups) {
      plans.push(await unlessInterrupted(plan(group, settings, context), interruption));
    }
    for (const each of plans) {
      if ((await retryAll(each, { context, interruption })) === 'done') continue;
      terminal.note(
        settings.services === 'deployed'
          ? 'no longer followed; the deployed services go on with it'
          : 'interrupted; the same command tries again what is left',
      );
      return exitCodes.interrupted;
    }
    const selected = groups.flatMap(({ entries }) => entries);
    const { groups: remaining } = await listSelected(settings, context, []);
    const left = remaining.flatMap(({ entries }) => entries);
    const still = left.filter((entry) => selected.some((each) => isSame(each, entry)));
    await forgetRepaired(selected, still, settings.data);
    return report(selected, still, settings, context);
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
  settings: DeadRetrySettings,
  context: CommandContext,
  named: readonly string[],
): Promise<Selected> {
  const images = await listFailedImages(settings.data);
  const projects = await listFailedProjects(settings.data, context.log);
  return withLockedBroker(settings, context, async (bus) => {
    const messages = await listPoisonedMessages(bus);
    const all = [...images, ...messages];
    const selection = { ...settings, ids: chooseIds([...projects, ...all], named) };
    const selected = await selectDead(all, settings.data, { selection, context });
    return {
      groups: await groupByRecipe(selected, bus),
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

type WholeSettings = DeadRetrySettings & Pick<RunSettings, 'features' | 'preprocess' | 'precision'>;

async function plan(
  { recalled, entries }: EntriesOfRecipe,
  named: DeadRetrySettings,
  { terminal }: CommandContext,
): Promise<Plan> {
  const { settings, notes } =
    recalled === undefined
      ? { settings: withUsualModels(named), notes: [] }
      : await recallModels(named, recalled);
  const models = await chooseModels({
    ...settings,
    dataDir: settings.data,
    cacheDir: settings.cache,
  });
  for (const note of [...notes, ...models.notes]) terminal.note(note);
  return { entries, settings, models };
}

async function retryAll(
  { entries, settings, models }: Plan,
  parts: Pick<RequeueOptions, 'context' | 'interruption'>,
): Promise<End> {
  const { files, predictionRecipe: recipe } = models;
  const options = { files, recipe, settings, ...parts };
  const { inRun, anew, problems } = await splitRetries(entries, models, settings);
  for (const problem of problems) parts.context.terminal.note(`error: ${problem}`);
  const end = await retryRuns(inRun, options);
  return end === 'done' ? runAnew(anew, options, settings) : end;
}

async function retryRuns(
  inRun: ReadonlyMap<string, readonly DeadEntry[]>,
  options: RequeueOptions,
): Promise<End> {
  if (inRun.size === 0) return 'done';
  const { settings, context } = options;
  return withLockedBroker(settings, context, async (bus, broker) => {
    for (const [run, entries] of inRun) {
      context.terminal.note(`run ${run}: ${entries.length} tried again`);
      if ((await retryInRun({ bus, broker }, run, entries, options)) === 'interrupted') {
        return 'interrupted';
      }
    }
    return 'done';
  });
}

async function runAnew(
  projects: readonly string[],
  { context, interruption }: RequeueOptions,
  settings: WholeSettings,
): Promise<End> {
  if (projects.length === 0) return 'done';
  const { terminal, surroundings, log } = context;
  const note = (line: string) => terminal.note(line);
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
  const view = terminal.isInteractive ? createBarView(terminal) : createPlainView(terminal);
  const execution = toRunExecution(prepared, runSettings, log);
  const end = await executeRun(execution, runSettings, surroundings, {
    log,
    view,
    interruption,
    note: (line) => terminal.note(line),
    onWarning: (listener) => terminal.onWarning(listener),
  });
  return end.kind === 'completed' ? 'done' : 'interrupted';
}

/** What succeeds now and fails again some day is another failure. */
async function forgetRepaired(
  tried: readonly DeadEntry[],
  still: readonly DeadEntry[],
  dataDir: string,
): Promise<void> {
  const failedAgain = new Set(still.map(({ id }) => id));
  const repaired = tried.filter(
    (entry) =>
      entry.accepted !== undefined &&
      !failedAgain.has(entry.id) &&
      !still.some((each) => each.kind === 'message' && isSame(each, entry)),
  );
  if (repaired.length === 0) return;
  await changeAcceptances(dataDir, (all) => all.without(repaired.map(identify)));
}

function report(
  tried: readonly DeadEntry[],
  still: readonly DeadEntry[],
  { json, ...selection }: DeadRetrySettings,
  { terminal }: CommandContext,
): number {
  const repaired = tried.length - still.length;
  if (json) {
    const document = { tried: tried.length, repaired, failed: still.map(toDocument) };
    terminal.print(JSON.stringify(document, null, 2));
  } else if (tried.length === 0) {
    terminal.print(`nothing to try again${ofSelection(selection)}`);
  } else {
    terminal.print(
      [
        `${tried.length} tried again: ${repaired} repaired, ${still.length} failed again`,
        ...firstLines(
          still.map(({ id, project, entry, reason, message }) =>
            [id, project, entry, reason, message].filter((part) => part !== '').join(': '),
          ),
          { what: 'entry' },
        ),
      ].join('\n'),
    );
  }
  return still.every(({ accepted }) => accepted !== undefined) ? exitCodes.ok : exitCodes.failed;
}

/** A message that fails again leaves another letter, of the same bytes under the same subject. */
function isSame(one: DeadEntry, other: DeadEntry): boolean {
  if (one.kind !== 'message' || other.kind !== 'message') return one.id === other.id;
  return (
    one.letter.subject === other.letter.subject &&
    Buffer.compare(one.letter.data, other.letter.data) === 0
  );
}
