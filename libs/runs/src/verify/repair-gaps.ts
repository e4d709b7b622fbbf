import { groupBy } from '@cullstream/domain';
import { type Gap, type VerifiedProject } from './gap.js';
import { existsSync } from 'node:fs';
import {
  ConfigurationError,
  counted,
  EVENT_VERSION,
  toSubject,
  tryDecodeMessage,
  type ImageFound,
  type ProjectTotals,
  type RunId,
} from '@cullstream/contracts';
import { removeIndexTables } from '@cullstream/cache';
import { readAllEvents, streams, unlessMissing, type Bus } from '@cullstream/bus';
import { readCatalogue } from '@cullstream/catalog';
import { chooseModels } from '@cullstream/inference';
import { readRuns, removeRowDamage } from '@cullstream/store';
import { readBrokerFile, withLockedBroker } from '@cullstream/broker';
import { lockForServices } from '@cullstream/runtime';
import type { Interruption } from '../interruption.js';
import type { WorkContext } from '../work-context.js';
import { publishImages, requeue } from '../execute/requeue.js';
import { toStoredEvents } from '../execute/stored-events.js';
import type { VerifyOptions } from '../options.js';

import { planRebuilding, setAsideDamaged, type SetAside } from './rebuild-databases.js';

export interface RepairOutcome {
  readonly end: 'done' | 'interrupted';
  /** Images that went through the stages again. */
  readonly requeued: number;
  /** Databases that were damaged, and where they are kept. */
  readonly setAside: readonly SetAside[];
  /** Images and projects that nothing is known of any more. */
  readonly problems: readonly string[];
}

/**
 * Sends the images that have no row, no vector or no decision any more through the stages of their
 * run again, and nothing else: from what the database, else the stream, else the catalogue says of
 * them. Rows that are damaged are deleted first. A damaged database is set aside, and made anew of all
 * images of the newest run that is known.
 * @param prove what the folder proves now
 * @throws {ConfigurationError} without originals, while a run is unfinished, or where the models
 *   chosen are not those of the run
 */
export async function repairGaps(
  prove: () => Promise<readonly VerifiedProject[]>,
  settings: VerifyOptions,
  context: WorkContext,
  interruption: Interruption,
): Promise<RepairOutcome> {
  let proved = await prove();
  if (!proved.some(isRepairable)) {
    return { end: 'done', requeued: 0, setAside: [], problems: [] };
  }
  if (settings.originals === undefined) {
    throw new ConfigurationError([
      '‹repair›: images are read again; say where they are: ‹originals›',
    ]);
  }
  const lock = await lockForServices(settings);
  try {
    await refuseUnfinished(settings.data);
    removeIndexTables(settings.data);
    const choice = { ...settings, dataDir: settings.data, cacheDir: settings.cache };
    const { files, predictionRecipe, notes } = await chooseModels(choice);
    for (const note of notes) context.note(note);
    const problems: string[] = [];
    refuseOthers(proved.filter(hasDamagedRows).map(toOfRun), predictionRecipe.id);
    const removed = await removeDamagedRows(proved.filter(hasDamagedRows));
    problems.push(...removed.lost);
    if (removed.isAny) proved = await prove();
    const found = proved.flatMap(toGap);
    const damaged = proved.filter(({ proof }) => proof.repairable.database);
    let setAside: SetAside[] = [];
    let requeued = 0;
    const options = { files, recipe: predictionRecipe, settings, context, interruption };
    const end = await withLockedBroker(context, async (bus, broker) => {
      const rebuilding = await planRebuilding(bus, damaged, settings.data);
      const gaps = [...found, ...rebuilding.gaps];
      refuseOthers(gaps, predictionRecipe.id);
      problems.push(...rebuilding.problems);
      setAside = setAsideDamaged(damaged, new Date());
      for (const [run, ofRun] of groupBy(gaps, (gap) => gap.run)) {
        const publish = async (to: Bus, attempt: string) => {
          for (const gap of ofRun) {
            const events = await findEvents(to, gap, settings);
            await publishImages(to, events.values(), attempt);
            requeued += events.size;
            const lost = gap.sequences.size - events.size;
            if (lost > 0)
              problems.push(`${gap.project.name}: ${counted(lost, 'image')} ${NOWHERE}`);
          }
        };
        const ended = await requeue({ bus, broker }, run, publish, options);
        if (ended === 'interrupted') return ended;
      }
      return 'done';
    });
    return { end, requeued, setAside, problems };
  } finally {
    await lock.release();
  }
}

const NOWHERE =
  'are neither in the stream nor, as that run saw them, in the source; `cullstream run` begins anew';

function isRepairable(project: VerifiedProject): boolean {
  const { damagedRows, database } = project.proof.repairable;
  return database || damagedRows > 0 || toGap(project).length > 0;
}

function hasDamagedRows({ proof: { repairable } }: VerifiedProject): boolean {
  // Another database takes the place of one that is damaged.
  return repairable.damagedRows > 0 && !repairable.database;
}

function toOfRun({ proof }: VerifiedProject): OfRun {
  return {
    run: proof.run,
    project: { name: proof.project },
    recipeId: proof.predictionRecipe,
  };
}

/** Deletes them. Those of the newest run are then missing, and made again; those of others are lost. */
async function removeDamagedRows(
  proved: readonly VerifiedProject[],
): Promise<{ readonly isAny: boolean; readonly lost: readonly string[] }> {
  const lost: string[] = [];
  let isAny = false;
  for (const { proof, database } of proved) {
    isAny = true;
    for (const [run, rows] of await removeRowDamage(database.path)) {
      if (run === proof.run) continue;
      lost.push(
        `${proof.project}: ${counted(rows, 'damaged row')} of the earlier run ${run} deleted; ` +
          '`cullstream replay` with its models computes them again',
      );
    }
  }
  return { isAny, lost };
}

function toGap({ proof, database }: VerifiedProject): Gap[] {
  if (proof.run === null) return [];
  const { withoutRow, withoutVector, withoutDecision } = proof.repairable;
  const sequences = new Set([...withoutVector, ...withoutDecision]);
  for (const { from, to } of withoutRow) {
    for (let sequence = from; sequence <= to; sequence++) sequences.add(sequence);
  }
  const run = readRuns(database.path, proof.project).find((each) => each.run === proof.run);
  if (run === undefined || sequences.size === 0) return [];
  return [{ database, run: run.run, project: run.project, recipeId: run.recipeId, sequences }];
}

async function refuseUnfinished(dataDir: string): Promise<void> {
  const unfinished =
    (await readBrokerFile(dataDir, 'run')) ?? (await readBrokerFile(dataDir, 'replay'));
  if (unfinished === undefined) return;
  throw new ConfigurationError([
    `‹repair›: run ${unfinished.run} is not finished, which is no gap; \`cullstream run\` resumes it`,
  ]);
}

interface OfRun {
  readonly run: RunId | null;
  readonly project: { readonly name: string };
  readonly recipeId: string | null;
}

function refuseOthers(gaps: readonly OfRun[], recipeId: string): void {
  const others = gaps.filter((gap) => gap.recipeId !== null && gap.recipeId !== recipeId);
  if (others.length === 0) return;
  throw new ConfigurationError(
    others.map(
      ({ project, run }) =>
        `‹repair›: run ${run ?? ''} of ${project.name} used other models or features; ` +
        'say ‹embedder›, ‹ranker›, ‹crop›, ‹features›, ‹preprocess›, ‹precision› and ‹activation› as that run did',
    ),
  );
}

/** The events of a gap's images by sequence, from the nearest place that has them. */
async function findEvents(
  bus: Bus,
  { database, run, project, sequences }: Gap,
  settings: VerifyOptions,
): Promise<Map<number, ImageFound>> {
  const events = new Map<number, ImageFound>();
  const add = (event: ImageFound) => {
    if (sequences.has(event.sequence)) events.set(event.sequence, event);
  };
  // A database that was set aside is rebuilt.
  if (existsSync(database.path)) {
    for (const event of toStoredEvents(database.path, run, project, sequences)) add(event);
  }
  if (events.size === sequences.size) return events;
  const filter = toSubject('images', run, project.name);
  const reading = readAllEvents(bus, { stream: streams.images.name, filter }, (message) => {
    const event = tryDecodeMessage(message);
    if (event?.type === 'image.found' && !events.has(event.sequence)) add(event);
  });
  await unlessMissing(reading);
  if (events.size === sequences.size) return events;
  for (const event of await fromCatalogue(run, project, settings)) {
    if (!events.has(event.sequence)) add(event);
  }
  return events;
}

/** None where the source is not as the run saw it. */
async function fromCatalogue(
  run: RunId,
  project: ProjectTotals,
  settings: VerifyOptions,
): Promise<ImageFound[]> {
  const { originals = '', data } = settings;
  const catalogue = await readCatalogue(
    { name: project.name, source: project.source },
    { ...settings, originalsDir: originals, dataDir: data },
  ).catch(() => undefined);
  if (catalogue?.totals.catalogue !== project.catalogue) return [];
  return catalogue.images.map(({ name, ...image }) => ({
    ...image,
    v: EVENT_VERSION,
    type: 'image.found',
    run,
    project,
    image: name,
    legacyEmbedding: null,
  }));
}
