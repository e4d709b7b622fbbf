import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { z } from 'zod';

const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, as the kernel says: a pid alone may have a new owner. */
  processStart: z.string().nullable(),
  since: z.iso.datetime(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface DataLock {
  release(): Promise<void>;
}

/** `lock`: the folder and its broker. `replay`: the one replay that may work beside a run. */
type LockName = 'lock' | 'replay';

/** Folder below the data folder for what belongs to the program itself. */
export const programFolder = '.cullstream';

/**
 * Takes a data folder for one run. A lock whose process is gone is taken over.
 * @throws {ConfigurationError} that names the owner, when another run works there
 */
export async function lockData(dataDir: string, name: LockName = 'lock'): Promise<DataLock> {
  const taken = await take(dataDir, name);
  if ('release' in taken) return taken;
  throw new ConfigurationError([
    `${dataDir}: another cullstream works there (pid ${taken.pid} on ${taken.host}, since ` +
      `${taken.since}); wait for it, follow it with \`cullstream status\`, or stop it`,
  ]);
}

/** As {@link lockData}; undefined when another one works there. */
export async function tryLockData(dataDir: string): Promise<DataLock | undefined> {
  const taken = await take(dataDir, 'lock');
  return 'release' in taken ? taken : undefined;
}

/** The lock, or whoever has it. */
async function take(dataDir: string, name: LockName): Promise<DataLock | Owner> {
  const path = join(dataDir, programFolder, `${name}.json`);
  await makeFolder(dataDir);
  const self: Owner = {
    pid: process.pid,
    host: hostname(),
    processStart: processStartOf(process.pid),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await tryCreate(path, self)) return { release: () => rm(path, { force: true }) };
    const owner = await readOwner(path);
    if (owner !== undefined && isAlive(owner)) return owner;
    const stale = `${path}.${process.pid}.stale`;
    await rename(path, stale).catch(() => undefined);
    await rm(stale, { force: true });
  }
  throw new ConfigurationError([
    `${path}: the lock cannot be taken; remove the file if no run works`,
  ]);
}

/** As {@link lockData}, where services of the command's own work; deployed ones share the folder. */
export async function lockForServices({
  data,
  services,
}: {
  readonly data: string;
  readonly services: 'own' | 'deployed';
}): Promise<DataLock> {
  return services === 'own' ? lockData(data) : { release: () => Promise.resolve() };
}

async function makeFolder(dataDir: string): Promise<void> {
  try {
    // Making a folder below what cannot be written fails as if that were missing.
    await access(nearestExisting(dataDir), constants.W_OK);
    await mkdir(join(dataDir, programFolder), { recursive: true });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigurationError([`--data: ${dataDir} cannot be written: ${reason}`], { cause });
  }
}

function nearestExisting(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : nearestExisting(parent);
}

async function tryCreate(path: string, owner: Owner): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(owner), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw new ConfigurationError([`${path}: cannot be written: ${String(error)}`], {
      cause: error,
    });
  }
}

async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Torn by a kill, or just released: in both cases nobody holds it.
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  if (owner.host !== hostname()) return true;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const start = processStartOf(owner.pid);
  return start === null || owner.processStart === null || start === owner.processStart;
}

/** Field 22 of `/proc/<pid>/stat`, in clock ticks since boot; null where there is no such file. */
function processStartOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
