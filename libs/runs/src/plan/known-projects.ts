import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { toKey, type KnownProject, type Plan } from '@cullstream/catalog';
import { errorMessage, readFileIfThere, withFileLock, writeFileAtomic } from '@cullstream/files';
import { openOriginals } from '@cullstream/imaging/archive';
import { programFolder, type Logger } from '@cullstream/runtime';
import { locateDatabase, readRuns } from '@cullstream/store';
import { z } from 'zod';
import { listOwnDatabases } from '@cullstream/versions';

const VERSION = 1;
const anyVersion = z.object({ v: z.int() });
const schema = z.object({
  v: z.literal(VERSION),
  projects: z.array(
    z.object({
      name: z.string(),
      source: z.string(),
      originals: z.string().nullable(),
      images: z.int().nonnegative(),
      inventory: z.string().nullable(),
    }),
  ),
});

const toPath = (dataDir: string) => join(dataDir, programFolder, 'projects.json');

/**
 * The projects that a data folder has been given: which source is which. Where the file is missing or
 * damaged, its databases tell.
 * @throws {ConfigurationError} when the file cannot be read, or is of a newer cullstream
 */
export async function loadKnownProjects(dataDir: string, log: Logger): Promise<KnownProject[]> {
  const path = toPath(dataDir);
  const text = await readFileIfThere(path).catch((cause: unknown) => {
    throw new ConfigurationError([`${path} cannot be read: ${errorMessage(cause)}`], { cause });
  });
  if (text === undefined) return fromDatabases(dataDir);
  const content = tryParse(text);
  const version = anyVersion.safeParse(content).data?.v ?? VERSION;
  if (version > VERSION) {
    throw new ConfigurationError([`${path}: a newer version has written it; update cullstream`]);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data.projects;
  log.warn(`${path} is damaged; what it said is taken from the databases`);
  return fromDatabases(dataDir);
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the newest run in each database says of its source. */
async function fromDatabases(dataDir: string): Promise<KnownProject[]> {
  return (await listOwnDatabases(dataDir)).flatMap(({ project: name, path }) => {
    const source = tryReadSource(path, name);
    return source === undefined ? [] : [{ name, originals: null, inventory: null, ...source }];
  });
}

function tryReadSource(path: string, name: string) {
  try {
    const run = readRuns(path, name).at(-1);
    return run && { source: run.project.source, images: run.project.images };
  } catch {
    // The step that works on this project reports why its database cannot be used.
    return undefined;
  }
}

export interface Place {
  readonly originals: string;
  readonly data: string;
  readonly inventory?: string | undefined;
}

/** Remembers what a run takes up or finds complete, and what has a database already. */
export async function rememberProjects(plan: Plan, place: Place, log: Logger): Promise<void> {
  const { data, inventory } = place;
  const originals = await openOriginals(place.originals).resolve('');
  const named = inventory === undefined ? null : resolve(inventory);
  const taken = [...plan.projects, ...plan.skipped]
    .map(({ project }) => project)
    .filter(({ images }) => images > 0);
  await update(data, log, (known) => {
    const projects = new Map(known.map((project) => [toKey(project.name), project]));
    for (const { name, source, images } of [...taken, ...plan.done]) {
      projects.set(toKey(name), { name, source, originals, images, inventory: named });
    }
    for (const { name, source } of plan.excluded) {
      if (projects.has(toKey(name)) || !hasDatabase(data, name)) continue;
      projects.set(toKey(name), { name, source, originals, images: 0, inventory: named });
    }
    // When the originals moved, their projects are expected at the new path.
    for (const name of plan.missing) {
      const project = projects.get(toKey(name));
      if (project !== undefined) projects.set(toKey(name), { ...project, originals });
    }
    return [...projects.values()];
  });
}

function hasDatabase(dataDir: string, project: string): boolean {
  try {
    return locateDatabase(dataDir, project).main.owner !== 'nobody';
  } catch {
    // Not a project name, or nothing that could be looked into.
    return false;
  }
}

/**
 * Forgets projects: the data folder does not expect them or their sources any more.
 * @returns those of the names that were not known
 */
export async function forgetProjects(
  names: readonly string[],
  dataDir: string,
  log: Logger,
): Promise<string[]> {
  const keys = new Set(names.map(toKey));
  const known = new Set((await loadKnownProjects(dataDir, log)).map(({ name }) => toKey(name)));
  const unknown = names.filter((name) => !known.has(toKey(name)));
  if (unknown.length > 0) return unknown;
  await update(dataDir, log, (projects) => projects.filter(({ name }) => !keys.has(toKey(name))));
  return [];
}

/** Several runs may begin at once on a deployment. */
async function update(
  dataDir: string,
  log: Logger,
  change: (known: readonly KnownProject[]) => KnownProject[],
): Promise<void> {
  const path = toPath(dataDir);
  await mkdir(join(dataDir, programFolder), { recursive: true });
  await withFileLock(`${path}.lock`, async () => {
    const projects = change(await loadKnownProjects(dataDir, log));
    const text = `${JSON.stringify({ v: VERSION, projects }, null, 1)}\n`;
    if (text !== (await readFileIfThere(path)))
      await writeFileAtomic(path, text, { durable: true });
  });
}
