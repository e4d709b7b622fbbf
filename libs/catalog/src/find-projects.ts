import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { ConfigurationError, projectName, type RejectedSource } from '@cullstream/contracts';

export interface ProjectSource {
  readonly name: string;
  /** Path below the originals folder, with `/`. */
  readonly source: string;
}

export interface FoundProjects {
  readonly projects: readonly ProjectSource[];
  readonly rejected: readonly RejectedSource[];
}

/**
 * Every `*.zip` and every folder directly below originals is a project named after it. Sources whose
 * names cannot name a project, or name one twice, are rejected: an inventory can name them.
 * @throws {ConfigurationError} when the folder cannot be read
 */
export async function findProjects(originalsDir: string): Promise<FoundProjects> {
  const entries = await readEntries(originalsDir);
  const projects: ProjectSource[] = [];
  const rejected: RejectedSource[] = [];
  const taken = new Map<string, string>();
  for (const entry of entries) {
    const name = nameOf(entry);
    if (name === undefined) continue;
    const message = problemOf(name, taken);
    if (message !== undefined) {
      rejected.push({ name, source: entry.name, message });
      continue;
    }
    taken.set(name.toLowerCase(), entry.name);
    projects.push({ name, source: entry.name });
  }
  return { projects, rejected };
}

async function readEntries(originalsDir: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(originalsDir, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new ConfigurationError(
      [`originals: ${originalsDir} cannot be read; give the folder of your archives (--originals)`],
      { cause },
    );
  }
}

function nameOf(entry: Dirent): string | undefined {
  if (entry.name.startsWith('.') || entry.name === '__MACOSX') return undefined;
  if (entry.isDirectory()) return entry.name;
  const isArchive = (entry.isFile() || entry.isSymbolicLink()) && /\.zip$/i.test(entry.name);
  return isArchive ? entry.name.slice(0, -'.zip'.length) : undefined;
}

function problemOf(name: string, taken: ReadonlyMap<string, string>): string | undefined {
  const checked = projectName.safeParse(name);
  if (!checked.success) {
    const why = checked.error.issues[0]?.message ?? 'not a project name';
    return `its name cannot name a project (${why}); name it in an inventory (--inventory)`;
  }
  const other = taken.get(name.toLowerCase());
  if (other === undefined) return undefined;
  return `${other} already gives project "${name}"; name both in an inventory (--inventory)`;
}
