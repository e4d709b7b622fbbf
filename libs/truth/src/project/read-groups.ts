import type { ImageSource } from '@cullstream/contracts';
import { baseNameKey } from '@cullstream/domain';
import {
  readDecisions,
  readImages,
  readRuns,
  type DatabaseLocation,
  type StoredDecision,
} from '@cullstream/store';

/** A group whose choice is to be found. */
export interface TruthGroup {
  readonly groupId: string;
  /** In the order of the group: the path of each image in the source, else its name in the row. */
  readonly paths: readonly string[];
  /** The place of each image; undefined for images that no run has catalogued. */
  readonly sources: readonly (ImageSource | undefined)[];
  /** Whether cullstream has a row of it. Other groups only count if a finished image belongs to them. */
  readonly isDecided: boolean;
}

export interface ProjectGroups {
  readonly groups: readonly TruthGroup[];
  /** Paths of the catalogued images that are in none of them. */
  readonly ungrouped: readonly string[];
  /** Rows in which a person may have decided: the user's own database, or else ours. */
  readonly rows: readonly StoredDecision[];
  /** Decided groups whose rows have empty user columns. */
  readonly unfilled: ReadonlySet<string>;
}

/**
 * The groups of a project in its databases, the user's and ours. Leaves no trace.
 * @throws {DatabaseError} when a database is damaged or not readable.
 */
export function readGroups(location: DatabaseLocation, project: string): ProjectGroups {
  const own = location.targetExists ? [...readDecisions(location.target)] : [];
  const theirs = location.main.owner === 'user' ? [...readDecisions(location.main.path)] : [];
  const catalogued = location.targetExists ? readCatalogued(location.target, project) : nothing;
  const decided = new Set(own.map(({ groupId }) => groupId));
  const others = theirs.filter(({ groupId }) => !decided.has(groupId));
  const groups = [
    ...own.map((row) => toGroup(row, catalogued, true)),
    ...others.map((row) => toGroup(row, catalogued, !location.targetExists)),
  ];
  const grouped = new Set(groups.flatMap(({ paths }) => paths));
  return {
    groups,
    ungrouped: catalogued.ungrouped.filter((path) => !grouped.has(path)),
    rows: location.main.owner === 'user' ? theirs : own,
    unfilled: new Set(own.flatMap((row) => (row.userAction === null ? [row.groupId] : []))),
  };
}

interface CataloguedImage {
  readonly path: string;
  readonly source: ImageSource;
}

interface Catalogued {
  readonly byPlace: ReadonlyMap<string, CataloguedImage>;
  /** Undefined for names that several images have. */
  readonly byName: ReadonlyMap<string, CataloguedImage | undefined>;
  /** Paths of those in no group. */
  readonly ungrouped: readonly string[];
}

const nothing: Catalogued = { byPlace: new Map(), byName: new Map(), ungrouped: [] };

/** Images of the newest run, by group and position, and by name. */
function readCatalogued(path: string, project: string): Catalogued {
  const runs = readRuns(path, project);
  const run = runs.findLast(({ completedAt }) => completedAt !== null) ?? runs.at(-1);
  if (run === undefined) return nothing;
  const byPlace = new Map<string, CataloguedImage>();
  const byName = new Map<string, CataloguedImage | undefined>();
  const ungrouped: string[] = [];
  for (const { image, source, group } of readImages(path, run.run)) {
    const found = { path: image, source };
    const name = baseNameKey(image);
    byName.set(name, byName.has(name) ? undefined : found);
    if (group === null) ungrouped.push(image);
    else byPlace.set(toPlace(group.id, group.position), found);
  }
  return { byPlace, byName, ungrouped };
}

function toPlace(groupId: string, position: number): string {
  return `${position} ${groupId}`;
}

function toGroup(
  { groupId, images }: StoredDecision,
  { byPlace, byName }: Catalogued,
  isDecided: boolean,
): TruthGroup {
  const found = images.map((name, position) => {
    const placed = byPlace.get(toPlace(groupId, position));
    const isSame = placed !== undefined && baseNameKey(placed.path) === baseNameKey(name);
    return isSame ? placed : byName.get(baseNameKey(name));
  });
  return {
    groupId,
    paths: images.map((name, position) => found[position]?.path ?? name),
    sources: found.map((image) => image?.source),
    isDecided,
  };
}
