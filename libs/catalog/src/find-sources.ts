import {
  ConfigurationError,
  describeNone,
  toProjectName,
  type RejectedSource,
} from '@cullstream/contracts';
import { isThere, requireOriginals, type Originals } from '@cullstream/imaging/archive';
import { findProjects, type FoundProjects, type ProjectSource } from './find-projects.js';
import { loadInventory } from './inventory.js';
import { locateSource } from './locate-source.js';

/** The sources that an inventory lists or that are in a folder of originals, by what happens to them. */
export interface Sources extends FoundProjects {
  /** Sources that do not exist: gone since an earlier run, or listed but not found. */
  readonly missing: readonly RejectedSource[];
  /** Projects that the inventory calls done. */
  readonly done: readonly ProjectSource[];
  /** Projects that the inventory or the setting `skip` leaves out. */
  readonly excluded: readonly RejectedSource[];
  /** Number of images according to the inventory, by project. */
  readonly counted: ReadonlyMap<string, number>;
}

/** Everything directly below the originals. */
export async function findSources(originals: Originals): Promise<Sources> {
  await requireOriginals(originals);
  const nothing = { missing: [], done: [], excluded: [], counted: new Map<string, number>() };
  return { ...(await findProjects(originals)), ...nothing };
}

/**
 * The sources that an inventory lists.
 * @param only projects that are processed regardless of their status
 * @throws {ConfigurationError} for an unusable inventory, and if none of its sources exists
 */
export async function readInventorySources(
  originals: Originals,
  inventory: string,
  only: readonly string[] | undefined,
): Promise<Sources> {
  const entries = await Promise.all(
    (await loadInventory(inventory)).map(async ({ project, source, status, images }) => ({
      name: toProjectName(project),
      source: await locateSource(originals, source),
      status,
      images,
    })),
  );
  const there = new Set<string>();
  for (const { source } of entries) if (await isThere(originals, source)) there.add(source);
  if (there.size === 0) {
    throw new ConfigurationError([
      `‹originals›: ${describeNone(entries.length, 'source')} that ${inventory} lists is in ${originals.place}; ` +
        originals.remedy,
    ]);
  }
  const projects: ProjectSource[] = [];
  const missing: RejectedSource[] = [];
  const done: ProjectSource[] = [];
  const excluded: RejectedSource[] = [];
  for (const entry of entries) {
    const { name, source, status } = entry;
    const isAsked = status === 'pending' || only?.includes(name) === true;
    if (isAsked && there.has(source)) projects.push({ name, source });
    else if (isAsked) missing.push({ name, source, message: notFound(source, inventory) });
    else if (status === 'done') done.push({ name, source });
    else excluded.push({ name, source, message: 'the inventory says: skip' });
  }
  const counted = new Map(
    entries.flatMap(({ name, images }) => (images === undefined ? [] : [[name, images] as const])),
  );
  return { projects, rejected: [], missing, done, excluded, counted };
}

function notFound(source: string, inventory: string): string {
  return (
    `${source} is not there; is its disk connected? If it is gone for good, say \`status: skip\` in ` +
    inventory
  );
}

/** @param known number of projects in earlier runs */
export function toNoProjectsError(originals: Originals, known: number): ConfigurationError {
  const before = known === 0 ? '' : ` (${known} were there in earlier runs)`;
  return new ConfigurationError([
    `‹originals›: ${originals.place} holds no project, neither a zip archive nor a folder${before}; ` +
      originals.remedy,
  ]);
}
