import type { ModelFile } from '@cullstream/contracts';
import { locateDatabase } from '@cullstream/store';
import { findVersions } from '@cullstream/versions';
import type { Evaluation, ProjectEvaluation, VersionEvaluation } from './evaluation.js';
import { findWorst } from './measures/disagreements.js';
import { joinGroups, measure, type JudgedGroups } from './measures/measure.js';
import { judgeRun } from './read/judge-run.js';
import {
  toPersonsCrops,
  readChosenProject,
  type ChosenProject,
} from './read/read-choices-of-project.js';
import { createConstantBoxes } from './rules/constant-boxes.js';

export interface EvaluationOptions {
  readonly data: string;
  /** Only these projects; the constant boxes are still computed from all projects. */
  readonly project?: readonly string[] | undefined;
  /** Projects that the models were trained on. */
  readonly trainedOn?: readonly string[] | undefined;
  /** Further projects that a model was trained on, from its description. */
  readonly findTrainedOn?: ((model: ModelFile) => readonly string[]) | undefined;
}

/**
 * Measures every stored version against what the person chose. Reads databases only.
 * @throws {ConfigurationError} for a project without a database of ours
 * @throws {DatabaseError} when a database is damaged or not readable
 */
export async function evaluateVersions({
  data,
  project: wanted,
  trainedOn = [],
  findTrainedOn = () => [],
}: EvaluationOptions): Promise<Evaluation> {
  if (wanted !== undefined) await findVersions(data, wanted);
  const all = (await findVersions(data, undefined))
    .filter(({ database }) => locateDatabase(data, database.project).target === database.path)
    .map((found) => readChosenProject(found, data));
  const toConstantBoxes = createConstantBoxes(all.flatMap(toPersonsCrops));
  const projects = all.filter(({ project }) => wanted?.includes(project) !== false);
  const chosen = projects.filter(({ choices }) => choices.size > 0);
  const ids = new Set(projects.flatMap(({ versions }) => versions.map(({ version }) => version)));
  return {
    trainedOn,
    unknownTrainedOn: trainedOn.filter((name) => all.every(({ project }) => project !== name)),
    withoutTruth: projects.filter((each) => !chosen.includes(each)).map(({ project }) => project),
    versions: [...ids].map((version) =>
      evaluateVersion(version, {
        projects,
        chosen,
        trainedOn,
        findTrainedOn,
        judge: (each, run) => judgeRun(each, run, toConstantBoxes),
      }),
    ),
  };
}

interface Evaluated {
  readonly projects: readonly ChosenProject[];
  /** The projects with known choices. */
  readonly chosen: readonly ChosenProject[];
  readonly trainedOn: readonly string[];
  readonly findTrainedOn: (model: ModelFile) => readonly string[];
  readonly judge: (project: ChosenProject, run: string) => JudgedGroups;
}

function evaluateVersion(
  version: string,
  { projects, chosen, trainedOn, findTrainedOn, judge }: Evaluated,
): VersionEvaluation {
  const described = describe(version, projects);
  const { ranker, crop_proposer: crop } = described;
  const trainedBefore = [...new Set([...findTrainedOn(ranker), ...findTrainedOn(crop)])];
  const trained = new Set([...trainedOn, ...trainedBefore]);
  const measured: ProjectEvaluation[] = [];
  const judged: JudgedGroups[] = [];
  const untrained: JudgedGroups[] = [];
  const notCompleted: string[] = [];
  for (const each of chosen) {
    const run = findVersion(each, version)?.newestCompleted;
    if (run === undefined) {
      notCompleted.push(each.project);
      continue;
    }
    const groups = judge(each, run.run);
    const isTrainedOn = trained.has(each.project);
    judged.push(groups);
    if (!isTrainedOn) untrained.push(groups);
    measured.push({
      ...{ project: each.project, isTrainedOn, run: run.run, completedAt: run.completedAt },
      ...findTimes(each),
      ...measure(groups),
    });
  }
  const joined = joinGroups(judged);
  const total = measure(joined);
  return {
    ...described,
    trainedOn: trainedBefore,
    projects: measured,
    total,
    untrained: untrained.length === judged.length ? total : measure(joinGroups(untrained)),
    notCompleted,
    worst: findWorst(joined.judged),
  };
}

function findTimes({ choices }: ChosenProject) {
  const times = [...choices.values()].flatMap(({ time }) => (time === null ? [] : [time])).sort();
  return { firstChoiceAt: times[0] ?? null, lastChoiceAt: times.at(-1) ?? null };
}

function findVersion({ versions }: ChosenProject, id: string) {
  return versions.find(({ version }) => version === id);
}

function describe(version: string, projects: readonly ChosenProject[]) {
  for (const each of projects) {
    const recipe = findVersion(each, version)?.recipe;
    if (recipe === undefined) continue;
    const { embedding, ranker, crop } = recipe;
    return { version, embedder: embedding, ranker, crop_proposer: crop };
  }
  throw new Error(`no project has version ${version}`);
}
