import { readdir } from 'node:fs/promises';
import { loadInventory, toKey } from '@cullstream/catalog';
import { ConfigurationError, toProjectName } from '@cullstream/contracts';
import { errorMessage } from '@cullstream/files';

/** Where the finished images of projects are. */
export interface FinalsSources {
  /** Paths below the folder of finished images, by project; several if more than one has a matching name. */
  readonly byProject: ReadonlyMap<string, readonly string[]>;
  /** Folders and archives that belong to none of the projects. */
  readonly unknown: readonly string[];
}

/** Endings that may follow the name of a project. */
const ENDINGS = ['', '.zip', '_final', '_final.zip', '_finals', '_finals.zip'];

/**
 * Finds the folder or archive of each project's finished images: the one that an inventory names, else
 * `<project>`, `<project>_final` or `<project>_finals`, as a folder or as a zip archive.
 * @throws {ConfigurationError} when the folder cannot be read or holds nothing, or the inventory is unusable
 */
export async function findFinals(
  finalsDir: string,
  projects: readonly string[],
  inventory?: string,
): Promise<FinalsSources> {
  const entries = await listEntries(finalsDir);
  const named = await readNamed(inventory);
  const taken = new Set<string>();
  const byProject = new Map<string, readonly string[]>();
  for (const project of projects) {
    const source = named.get(project);
    const wanted = new Set(ENDINGS.map((ending) => toKey(`${project}${ending}`)));
    const found =
      source === undefined ? entries.filter((entry) => wanted.has(toKey(entry))) : [source];
    for (const each of found) taken.add(toKey(each));
    if (found.length > 0) byProject.set(project, found);
  }
  return { byProject, unknown: entries.filter((entry) => !taken.has(toKey(entry))) };
}

async function listEntries(finalsDir: string): Promise<string[]> {
  try {
    const entries = await readdir(finalsDir, { withFileTypes: true });
    return entries
      .filter(({ name }) => !name.startsWith('.') && name !== '__MACOSX')
      .filter((entry) => !entry.isFile() || /\.zip$/i.test(entry.name))
      .map(({ name }) => name)
      .sort();
  } catch (cause) {
    throw new ConfigurationError(
      [`‹finals›: ${finalsDir} cannot be read (${errorMessage(cause)}); is its disk connected?`],
      { cause },
    );
  }
}

async function readNamed(inventory: string | undefined): Promise<Map<string, string>> {
  if (inventory === undefined) return new Map();
  const entries = await loadInventory(inventory);
  return new Map(
    entries.flatMap(({ project, finals }) =>
      finals === undefined ? [] : [[toProjectName(project), finals] as const],
    ),
  );
}
