import {
  ConfigurationError,
  projectName,
  toProjectName,
  type RejectedSource,
} from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import {
  isSystemFolder,
  readableName,
  type Originals,
  type OriginalsEntry,
} from '@cullstream/imaging/archive';

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
 * @throws {ConfigurationError} when the originals cannot be read
 */
export async function findProjects(originals: Originals): Promise<FoundProjects> {
  const projects: ProjectSource[] = [];
  const rejected: RejectedSource[] = [];
  const taken = new Map<string, string>();
  for (const { source, kind } of await listSources(originals)) {
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

async function listSources(originals: Originals): Promise<{ source: string; kind: SourceKind }[]> {
  const sources: { source: string; kind: SourceKind }[] = [];
  for (const entry of await readEntries(originals)) {
    const source = entry.name;
    const kind = isSystemFolder(source) ? undefined : await readKind(entry);
    if (kind !== undefined) sources.push({ source, kind });
  }
  return sources.sort((a, b) => (a.source < b.source ? -1 : 1));
}

async function readEntries(originals: Originals): Promise<OriginalsEntry[]> {
  try {
    return await originals.list('');
  } catch (cause) {
    if (isHungCall(cause)) throw cause;
    throw new ConfigurationError([`‹originals›: ${originals.describe(cause)}`], { cause });
  }
}

async function readKind({ name, kind, follow }: OriginalsEntry): Promise<SourceKind | undefined> {
  if (kind === 'folder') return 'folder';
  const isArchive = ARCHIVE_ENDING.test(name);
  // A pipe or a socket of that name counts as well: listing it will report what is wrong.
  if (kind === 'file') return isArchive ? 'archive' : undefined;
  const target = await follow();
  const isFolder = target === 'folder' || target === 'loop';
  if (isArchive && !isFolder) return 'archive';
  // A broken link is a project as well: listing it will report what is wrong.
  if (target === undefined) return OTHER_FILE_ENDING.test(name) ? undefined : 'folder';
  return isFolder ? target : undefined;
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
