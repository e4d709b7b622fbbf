import { ConfigurationError, counted, type RejectedSource } from '@cullstream/contracts';
import { openOriginals, type Originals } from '@cullstream/imaging/archive';
import { describeUnknownNames } from '@cullstream/runtime';
import type { ProjectSource } from './find-projects.js';
import {
  findSources,
  toNoProjectsError,
  readInventorySources,
  type Sources,
} from './find-sources.js';
import { findMissingProjects, type KnownProject } from './known-project.js';
import { refuseContradictions } from './refuse-contradictions.js';

export interface Selection extends Sources {
  /** Projects that were processed with this data folder before. */
  readonly known: readonly KnownProject[];
}

export interface SelectionOptions {
  /** Folder of the originals, or their address in a bucket. */
  readonly originalsDir: string;
  readonly inventory?: string | undefined;
  /** Only these projects, regardless of their status in the inventory. */
  readonly only?: readonly string[] | undefined;
  readonly skip?: readonly string[] | undefined;
  /** The data folder and its known projects; without it nothing is compared. */
  readonly memory?:
    | { readonly dataDir: string; readonly known: readonly KnownProject[] }
    | undefined;
}

/**
 * The projects that a command works on: those of the inventory, or else all below the originals.
 * @throws {ConfigurationError} for an unreadable inventory or folder, one without any project, unknown
 *   names, or names that contradict what the data folder knows
 */
export async function selectProjects(options: SelectionOptions): Promise<Selection> {
  const { originalsDir, inventory, only, skip = [], memory } = options;
  const known = memory?.known ?? [];
  const originals = openOriginals(originalsDir);
  const here = await originals.resolve('').catch(() => originalsDir);
  const all =
    inventory === undefined
      ? await everySource(originals, here, known)
      : await readInventorySources(originals, inventory, only);
  refuseUnknown(options, all);
  const wanted = ({ name }: ProjectSource) => only === undefined || only.includes(name);
  const left = (project: ProjectSource) => wanted(project) && !skip.includes(project.name);
  const projects = all.projects.filter(left);
  if (memory !== undefined) {
    const { dataDir } = memory;
    await refuseContradictions(projects, known, { originalsDir, here, dataDir, inventory });
  }
  return {
    known,
    projects,
    rejected: all.rejected.filter(left),
    missing: all.missing.filter(left),
    done: all.done.filter(left),
    counted: all.counted,
    excluded: [
      ...all.excluded.filter(wanted),
      ...[...all.projects, ...all.missing, ...all.done]
        .filter((project) => wanted(project) && skip.includes(project.name))
        .map(({ name, source }) => ({
          name,
          source,
          message: 'left out, as was asked for',
        })),
    ],
  };
}

async function everySource(
  originals: Originals,
  here: string,
  known: readonly KnownProject[],
): Promise<Sources> {
  const found = await findSources(originals);
  const gone = await findMissingProjects(known, [...found.projects, ...found.rejected], here);
  if (found.projects.length + found.rejected.length === 0) {
    throw toNoProjectsError(originals, gone.length);
  }
  return { ...found, missing: gone.map(toMissing) };
}

function toMissing({ name, source, images }: KnownProject): RejectedSource {
  return {
    name,
    source,
    message:
      `${source} was there in earlier runs, with ${counted(images, 'image')}, and is gone; is its disk connected? ` +
      `If it is gone for good, say \`cullstream forget "${name}"\`: what was made of it stays`,
  };
}

function refuseUnknown({ only = [], skip = [] }: SelectionOptions, all: Sources): void {
  const { projects, rejected, missing, done, excluded } = all;
  const names = [...projects, ...rejected, ...missing, ...done, ...excluded].map(
    ({ name }) => name,
  );
  const problems = [
    ...describeUnknownNames(only, names, (name) => `‹only›: no project "${name}"`),
    ...describeUnknownNames(skip, names, (name) => `‹skip›: no project "${name}"`),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems);
}
