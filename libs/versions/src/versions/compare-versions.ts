import type { CropBox } from '@cullstream/domain';
import type { PredictionRecipe } from '@cullstream/contracts';
import {
  compareGroups,
  measureDifference,
  pairDecisions,
  type ComparedVersion,
  type GroupDifference,
  type GroupPair,
  type ProjectDiff,
  type UserRow,
  type VersionDiff,
  type VersionOutputs,
} from '@cullstream/report';
import {
  locateDatabase,
  readChoices,
  readProposals,
  readRunDecisions,
  type StoredVersion,
} from '@cullstream/store';
import type { ProjectVersions } from './find-versions.js';

/** How many groups are listed one by one. Those that differ most are listed. */
const GROUPS_SHOWN = 50;

interface Compared {
  readonly diff: ProjectDiff;
  readonly pairs: readonly GroupPair[];
}

/** Compares two versions in every project that both have completed. Only reads databases. */
export function compareVersions(
  a: string,
  b: string,
  projects: readonly ProjectVersions[],
  dataDir: string,
): VersionDiff {
  const compared: Compared[] = [];
  const notCompared: string[] = [];
  for (const each of projects) {
    const found = compareProject(each, findVersion(each, a), findVersion(each, b), dataDir);
    if (found === undefined) notCompared.push(each.database.project);
    else compared.push(found);
  }
  const all = compared.flatMap(({ pairs }) => pairs);
  const otherGroups = compared.reduce((sum, { diff }) => sum + diff.otherGroups, 0);
  return {
    a: describe(a, projects),
    b: describe(b, projects),
    total: compareGroups(all, otherGroups),
    projects: compared.map(({ diff }) => diff),
    notCompared,
    groups: mostDifferent(compared),
  };
}

function findVersion({ versions }: ProjectVersions, id: string): StoredVersion | undefined {
  return versions.find(({ version }) => version === id);
}

function compareProject(
  { database }: ProjectVersions,
  a: StoredVersion | undefined,
  b: StoredVersion | undefined,
  dataDir: string,
): Compared | undefined {
  const runs = { a: a?.newestCompleted?.run, b: b?.newestCompleted?.run };
  if (runs.a === undefined || runs.b === undefined) return undefined;
  const { project, path } = database;
  const users = readUserRows(dataDir, project);
  const { pairs, otherGroups } = pairDecisions(
    readOutputs(path, runs.a, users),
    readOutputs(path, runs.b, users),
    users,
  );
  const measures = compareGroups(pairs, otherGroups);
  return { diff: { project, runs: { a: runs.a, b: runs.b }, ...measures }, pairs };
}

/** Keeps only the crop boxes of groups in which the user's choice is known. */
function readOutputs(
  path: string,
  run: string,
  users: ReadonlyMap<string, UserRow>,
): VersionOutputs {
  const proposals = new Map<string, Map<number, CropBox>>();
  if (users.size > 0) {
    for (const { groupId, position, crop } of readProposals(path, run)) {
      if (!users.has(groupId)) continue;
      const ofGroup = proposals.get(groupId) ?? new Map<number, CropBox>();
      proposals.set(groupId, ofGroup.set(position, crop));
    }
  }
  return { groups: readRunDecisions(path, run), proposals };
}

/**
 * What the user chose, from the finished images or else from the rows of the database. Rejected
 * groups have no choice.
 */
function readUserRows(dataDir: string, project: string): Map<string, UserRow> {
  const rows = new Map<string, UserRow>();
  for (const { groupId, images, selectedIndex, crop } of readChoices(
    locateDatabase(dataDir, project),
  ).values()) {
    if (selectedIndex !== null) rows.set(groupId, { groupId, images, selectedIndex, crop });
  }
  return rows;
}

function mostDifferent(compared: readonly Compared[]): GroupDifference[] {
  return compared
    .flatMap(({ diff, pairs }) =>
      pairs.map((pair) => ({
        project: diff.project,
        ...pair,
        difference: measureDifference(pair),
      })),
    )
    .filter(({ difference }) => difference > 0)
    .sort((one, other) => other.difference - one.difference)
    .slice(0, GROUPS_SHOWN);
}

function describe(version: string, projects: readonly ProjectVersions[]): ComparedVersion {
  const recipe = projects
    .flatMap(({ versions }) => versions)
    .find((each) => each.version === version)?.recipe;
  if (recipe === undefined) throw new Error(`no project has version ${version}`);
  return { version, ...toModels(recipe) };
}

function toModels({ embedding, ranker, crop }: PredictionRecipe) {
  return { embedder: embedding, ranker, crop_proposer: crop };
}
