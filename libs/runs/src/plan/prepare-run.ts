import { relative } from 'node:path';
import { type PredictionRecipe, type RunId, type SkippedProject } from '@cullstream/contracts';
import {
  chooseVectorForm,
  inspectSharedCache,
  loadLegacyIndex,
  toImageAlias,
} from '@cullstream/cache';
import { planProjects, selectProjects, type Catalogue, type Plan } from '@cullstream/catalog';
import { chooseModels, type ChosenModels } from '@cullstream/inference';
import type { Logger } from '@cullstream/runtime';
import { findCompletedRun, readProjectState, type RunProgress } from '@cullstream/store';
import { reportIfSlow } from '../report-if-slow.js';
import { findMisnaming } from '../verify/misnamed-database.js';
import { canReadAgain } from './can-read-again.js';
import { loadKnownProjects } from './known-projects.js';
import type { PlanOptions } from '../options.js';

export interface PreparedRun {
  readonly models: ChosenModels;
  readonly plan: Plan;
  /** The newest run in the databases of its projects. */
  readonly latestRun?: RunId | undefined;
  /** Projects with runs of other models in their databases. */
  readonly otherVersions?: ReadonlySet<string>;
}

/** The same with more to say of its models, first. */
export function withNotes(prepared: PreparedRun, notes: readonly string[]): PreparedRun {
  const { models } = prepared;
  return { ...prepared, models: { ...models, notes: [...notes, ...models.notes] } };
}

export interface PrepareOptions {
  /** Projects that are taken up even where an earlier run completed them. */
  readonly again?: ReadonlySet<string>;
  /** Tells a person what takes long. */
  readonly note: (line: string) => void;
}

/**
 * Everything that is decided before anything starts: models, projects, what is left to do. Writes
 * nothing but digests and converted models, which can always be made anew.
 * @throws {ConfigurationError} with all problems
 */
export async function prepareRun(
  settings: PlanOptions,
  log: Logger,
  options: PrepareOptions,
): Promise<PreparedRun> {
  const { data } = settings;
  const { note } = options;
  const models = await reportIfSlow(
    chooseModels({ ...settings, dataDir: data, cacheDir: settings.cache }),
    {
      note,
      describe: () => 'preparing the models: checking weights, converting them where they must be',
    },
  );
  return prepareWith(models, settings, log, options);
}

/** As {@link prepareRun}, with models that have been chosen. */
export async function prepareWith(
  models: ChosenModels,
  settings: PlanOptions,
  log: Logger,
  { again, note }: PrepareOptions,
): Promise<PreparedRun> {
  const { originals, data } = settings;
  const memory = { dataDir: data, known: await loadKnownProjects(data, log) };
  const selection = await selectProjects({ ...settings, originalsDir: originals, memory });
  const cache = await reportIfSlow(
    inspectSharedCache({
      ...{ dataDir: data, cacheDir: settings.cache, vectors: settings.vectors },
      ...{ recipe: models.embeddingRecipe, indexFrom: 'table', log },
    }),
    { note, describe: () => 'reading what is new of the embeddings in the bucket' },
  );
  const legacy = settings.legacyCache === 'ignore' ? undefined : loadLegacyIndex({ dataDir: data });
  let looked = 0;
  let latestRun: RunId | undefined;
  const otherVersions = new Set<string>();
  const planning = planProjects(selection, {
    originalsDir: originals,
    dataDir: data,
    answerWithinMs: settings.readTimeout * 1_000,
    minGroupSize: settings.minGroupSize,
    timeGapMinutes: settings.timeGapMinutes,
    completed: async (catalogue) =>
      completedRun(settings, catalogue, {
        recipe: models.predictionRecipe,
        isAgain: again?.has(catalogue.totals.name) === true,
        onRun: ({ run, recipeId }) => {
          if (latestRun === undefined || run > latestRun) latestRun = run;
          if (recipeId !== null && recipeId !== models.predictionRecipe.id) {
            otherVersions.add(catalogue.totals.name);
          }
        },
      }),
    isCached: (project, { name, source }) =>
      cache.findAlias(toImageAlias(project, name, source)) !== undefined,
    findLegacy: (names, fileName) => {
      const found = legacy?.find(names, fileName);
      return found === undefined ? undefined : relative(data, found.embeddingFile);
    },
    onProject: (done) => (looked = done),
  });
  const of = selection.projects.length;
  const plan = await reportIfSlow(planning, {
    note,
    describe: () => `listing the sources: ${looked} of ${of} so far`,
  });
  return withNotes({ models, plan, latestRun, otherVersions }, describeVectors(settings, models));
}

/** Where other tools do not find embeddings as usual. */
function describeVectors(
  { data: dataDir, vectors }: PlanOptions,
  { embeddingRecipe: recipe }: ChosenModels,
): string[] {
  const { form, because, bucket } = chooseVectorForm({ dataDir, recipe, vectors });
  if (bucket !== undefined) return [`new embeddings are packed, and shared in ${bucket}`];
  if (form === 'files') return [];
  return [
    `new embeddings are packed, many in a file, ${because} (‹vectors=files› stores a .npy file for each)`,
  ];
}

/**
 * What an earlier run completed of this very catalogue by this very recipe; nothing where images that
 * it could not read can be read now.
 * @throws when the database is another project's, which would be mixed with this one's
 */
async function completedRun(
  { data, originals }: PlanOptions,
  catalogue: Catalogue,
  {
    recipe,
    isAgain,
    onRun,
  }: {
    readonly recipe: PredictionRecipe;
    readonly isAgain: boolean;
    /** Called with each run in its database. */
    readonly onRun: (run: RunProgress) => void;
  },
): Promise<SkippedProject | undefined> {
  const { totals } = catalogue;
  const state = readProjectState(data, totals.name);
  const { runs, location } = state;
  for (const run of runs) onRun(run);
  const misnaming = findMisnaming(totals.name, state);
  if (misnaming !== undefined) throw new Error(misnaming.gap);
  if (isAgain) return undefined;
  const done = findCompletedRun(runs, { catalogue: totals.catalogue, recipeId: recipe.id });
  if (done === undefined) return undefined;
  if (await canReadAgain(done, location.target, catalogue, originals)) return undefined;
  const failures = done.failures.map(({ image, reason, message }) => ({ image, reason, message }));
  return { project: totals, counts: done.counts, database: location.targetName, failures };
}
