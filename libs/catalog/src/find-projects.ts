import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import {
  ConfigurationError,
  projectName,
  toProjectName,
  type RejectedSource,
} from '@cullstream/contracts';
import { isSystemFolder, readableName, toDiskPath, toPathText } from '@cullstream/imaging/archive';

export interface ProjectSource {
  readonly name: string;
  /** Path below the originals folder, with `/`. */
  readonly source: string;
}

export interface FoundProjects {
  readonly projects: readonly ProjectSource[];
  readonly rejected: readonly RejectedSource[];
}

const ARCHIVE_ENDING = /\.zip$/i;
/** For a broken link, only its name shows whether it was meant to be a file of another kind. */
const OTHER_FILE_ENDING = /\.[a-z][a-z0-9]{0,4}$/i;

/**
 * Every `*.zip` and every folder directly below originals is a project named after it, and so is every
 * link to one, except folders of the system. Sources whose names are not valid for a project, or name one
 * twice, are rejected: an inventory can give them other names.
 * @throws {ConfigurationError} when the folder cannot be read
 */
export async function findProjects(originalsDir: string): Promise<FoundProjects> {
  const projects: ProjectSource[] = [];
  const rejected: RejectedSource[] = [];
  const taken = new Map<string, string>();
  for (const { source, kind } of await listSources(originalsDir)) {
    const readable = toProjectName(readableName(source));
    const name = kind === 'archive' ? readable.replace(ARCHIVE_ENDING, '') : readable;
    const message = kind === 'loop' ? LOOP_MESSAGE : findProblem(name, taken);
    if (message !== undefined) {
      rejected.push({ name, source, message });
      continue;
    }
    taken.set(name.toLowerCase(), readableName(source));
    projects.push({ name, source });
  }
  return { projects, rejected };
}

const LOOP_MESSAGE =
  'it is a link to a folder that the originals are in; remove it, or let it lead to one project';

type SourceKind = 'archive' | 'folder' | 'loop';

async function listSources(originalsDir: string): Promise<{ source: string; kind: SourceKind }[]> {
  const sources: { source: string; kind: SourceKind }[] = [];
  for (const entry of await readEntries(originalsDir)) {
    const source = toPathText(entry.name);
    const kind = isSystemFolder(source) ? undefined : await readKind(originalsDir, source, entry);
    if (kind !== undefined) sources.push({ source, kind });
  }
  return sources.sort((a, b) => (a.source < b.source ? -1 : 1));
}

async function readEntries(originalsDir: string): Promise<Dirent<Buffer>[]> {
  try {
    return await readdir(originalsDir, { encoding: 'buffer', withFileTypes: true });
  } catch (cause) {
    throw new ConfigurationError(
      [
        `‹originals›: ${originalsDir} cannot be read; give the folder of your archives (‹originals›)`,
      ],
      { cause },
    );
  }
}

async function readKind(
  originalsDir: string,
  source: string,
  entry: Dirent<Buffer>,
): Promise<SourceKind | undefined> {
  if (entry.isDirectory()) return 'folder';
  const isArchive = ARCHIVE_ENDING.test(source);
  if (entry.isSymbolicLink()) return readKindOfLink(originalsDir, source, isArchive);
  // A pipe or a socket of that name counts as well: listing it will report what is wrong.
  return isArchive ? 'archive' : undefined;
}

/** A broken link is a project as well: listing it will report what is wrong. */
async function readKindOfLink(
  originalsDir: string,
  source: string,
  isArchive: boolean,
): Promise<SourceKind | undefined> {
  const path = toDiskPath(join(originalsDir, source));
  const target = await stat(path).catch(() => undefined);
  if (isArchive && target?.isDirectory() !== true) return 'archive';
  if (target === undefined) return OTHER_FILE_ENDING.test(source) ? undefined : 'folder';
  if (!target.isDirectory()) return undefined;
  const [inside, around] = await Promise.all([realpath(originalsDir), realpath(path)]);
  return `${inside}${sep}`.startsWith(around.endsWith(sep) ? around : `${around}${sep}`)
    ? 'loop'
    : 'folder';
}

function findProblem(name: string, taken: ReadonlyMap<string, string>): string | undefined {
  const checked = projectName.safeParse(name);
  if (!checked.success) {
    const why = checked.error.issues[0]?.message ?? 'is none';
    return `a project's name ${why}; rename it, or name it in an inventory`;
  }
  const other = taken.get(name.toLowerCase());
  if (other === undefined) return undefined;
  return `${other} already gives project "${name}"; name both in an inventory`;
}
