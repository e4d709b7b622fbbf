import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigurationError,
  describeNone,
  toProjectName,
  type RejectedSource,
} from '@cullstream/contracts';
import { findProjects, type FoundProjects, type ProjectSource } from './find-projects.js';
import { loadInventory } from './inventory.js';
import { locateSource } from './locate-source.js';

/** All that an inventory or a folder of originals names, by what is to be done with it. */
export interface Sources extends FoundProjects {
  /** Not there: gone since an earlier run, or listed and not found. */
  readonly missing: readonly RejectedSource[];
  /** What the inventory says is done. */
  readonly done: readonly ProjectSource[];
  /** What the inventory says is to be skipped, or the setting `skip` leaves out. */
  readonly excluded: readonly RejectedSource[];
  /** How many images the inventory says there are, by project. */
  readonly counted: ReadonlyMap<string, number>;
}

/** Everything directly below the originals. */
export async function findSources(originalsDir: string): Promise<Sources> {
  if (!existsSync(originalsDir)) {
    throw new ConfigurationError([
      `‹originals›: there is no folder ${originalsDir}; is its disk connected? If so, check the path (‹originals›)`,
    ]);
  }
  const nothing = { missing: [], done: [], excluded: [], counted: new Map<string, number>() };
  return { ...(await findProjects(originalsDir)), ...nothing };
}

/**
 * What an inventory lists.
 * @param only projects that are taken up whatever their status
 * @throws {ConfigurationError} for an unusable inventory, and where none of its sources is there
 */
export async function readInventorySources(
  originalsDir: string,
  inventory: string,
  only: readonly string[] | undefined,
): Promise<Sources> {
  const entries = await Promise.all(
    (await loadInventory(inventory)).map(async ({ project, source, status, images }) => ({
      name: toProjectName(project),
      source: await locateSource(originalsDir, source),
      status,
      images,
    })),
  );
  const isThere = ({ source }: ProjectSource) => existsSync(join(originalsDir, source));
  if (!entries.some(isThere)) {
    throw new ConfigurationError([
      `‹originals›: ${describeNone(entries.length, 'source')} that ${inventory} lists is in ${originalsDir}; ` +
        'is the disk connected? If so, check the path (‹originals›)',
    ]);
  }
  const projects: ProjectSource[] = [];
  const missing: RejectedSource[] = [];
  const done: ProjectSource[] = [];
  const excluded: RejectedSource[] = [];
  for (const entry of entries) {
    const { name, source, status } = entry;
    const isAsked = status === 'pending' || only?.includes(name) === true;
    if (isAsked && isThere(entry)) projects.push({ name, source });
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

/** @param known how many projects were there in earlier runs */
export function toNoProjectsError(originalsDir: string, known: number): ConfigurationError {
  const before = known === 0 ? '' : ` (${known} were there in earlier runs)`;
  return new ConfigurationError([
    `‹originals›: ${originalsDir} holds no project, neither a zip archive nor a folder${before}; ` +
      'is the disk connected? If so, check the path (‹originals›)',
  ]);
}
