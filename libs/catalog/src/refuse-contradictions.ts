import { ConfigurationError } from '@cullstream/contracts';
import { isThere, openOriginals } from '@cullstream/imaging/archive';
import { locateDatabase } from '@cullstream/store';
import type { ProjectSource } from './find-projects.js';
import { isAtKnownPlace, toKey, type KnownProject } from './known-project.js';
import { listImages } from './list-images.js';

export interface ContradictionOptions {
  readonly originalsDir: string;
  /** The same, links resolved. */
  readonly here: string;
  readonly dataDir: string;
  readonly inventory: string | undefined;
}

/** Number of contradictions that are named. */
const SHOWN = 10;

/**
 * Refuses sources that this data folder knows under another project name, and names that it knows for
 * another source. Otherwise work would be repeated under the new name, and a user's database overlooked.
 * @throws {ConfigurationError} with both ways to solve each
 */
export async function refuseContradictions(
  projects: readonly ProjectSource[],
  known: readonly KnownProject[],
  options: ContradictionOptions,
): Promise<void> {
  if (known.length === 0) return;
  const bySource = groupBySource(known);
  const byName = new Map(known.map((project) => [toKey(project.name), project]));
  const claimed = new Map(projects.map(({ name, source }) => [toKey(name), toKey(source)]));
  const problems: string[] = [];
  for (const project of projects) {
    const source = toKey(project.source);
    const namesakes = bySource.get(source) ?? [];
    const isKnown = namesakes.some(({ name }) => toKey(name) === toKey(project.name));
    const others = isKnown
      ? []
      : namesakes.filter(({ name }) => claimed.get(toKey(name)) !== source);
    const other = await firstSame(project, others, options);
    const before = byName.get(toKey(project.name));
    if (other !== undefined) problems.push(renamed(project, other, options));
    else if (before !== undefined && (await isAnother(project, before, options))) {
      problems.push(taken(project, before, options));
    }
  }
  if (problems.length === 0) return;
  const more = problems.length - SHOWN;
  throw new ConfigurationError([
    ...problems.slice(0, SHOWN),
    ...(more > 0 ? [`and ${more} more of this kind`] : []),
  ]);
}

function groupBySource(known: readonly KnownProject[]): Map<string, KnownProject[]> {
  const groups = new Map<string, KnownProject[]>();
  for (const project of known) {
    const key = toKey(project.source);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [project]);
    else group.push(project);
  }
  return groups;
}

/** The known project that has results and the same source. */
async function firstSame(
  project: ProjectSource,
  namesakes: readonly KnownProject[],
  options: ContradictionOptions,
): Promise<KnownProject | undefined> {
  for (const other of namesakes) {
    if (hasDatabase(other, options) && (await isSame(project, other, options))) return other;
  }
  return undefined;
}

/**
 * Whether a source is that of a known project: in the same folder, or in one to which that folder may
 * have been moved. If the old folder still exists, a source of the same name is a different one.
 */
async function isSame(
  project: ProjectSource,
  other: KnownProject,
  { originalsDir, here }: ContradictionOptions,
): Promise<boolean> {
  if (other.originals === null || other.originals === here) return true;
  if (await isAtKnownPlace(other)) return false;
  try {
    return (await listImages(originalsDir, project)).images.length === other.images;
  } catch {
    // Listing the project later will report what cannot be read.
    return false;
  }
}

/** Whether a name is used for another source although its earlier source still exists. */
async function isAnother(
  { source }: ProjectSource,
  before: KnownProject,
  options: ContradictionOptions,
): Promise<boolean> {
  if (toKey(before.source) === toKey(source)) return false;
  const stands =
    (await isAtKnownPlace(before)) ||
    (await isThere(openOriginals(options.originalsDir), before.source));
  return stands && hasDatabase(before, options);
}

function hasDatabase({ name }: KnownProject, { dataDir }: ContradictionOptions): boolean {
  try {
    const { main, staging } = locateDatabase(dataDir, name);
    return main.owner !== 'nobody' || staging.owner !== 'nobody';
  } catch {
    // The file exists, even if it cannot be read.
    return true;
  }
}

function renamed(
  { name, source }: ProjectSource,
  other: KnownProject,
  { dataDir, inventory }: ContradictionOptions,
): string {
  const back =
    inventory !== undefined
      ? `call it "${other.name}" in ${inventory}`
      : other.inventory !== null
        ? `give the inventory that says so (‹inventory=${other.inventory}›)`
        : 'name it so in an inventory (‹inventory›)';
  return (
    `${source} is project "${other.name}" in ${dataDir}, and would now be "${name}": ${back}, ` +
    `or let go of the old name with \`cullstream forget "${other.name}"\`, whose database stays`
  );
}

function taken(
  { name, source }: ProjectSource,
  before: KnownProject,
  { dataDir, inventory }: ContradictionOptions,
): string {
  const where = inventory ?? 'an inventory (‹inventory›)';
  return (
    `project "${name}" is ${before.source} in ${dataDir}, and would now be ${source}: give one of them ` +
    `another name in ${where}, or let go of the old source with \`cullstream forget "${name}"\``
  );
}
