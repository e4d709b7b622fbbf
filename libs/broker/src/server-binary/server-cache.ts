import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { makeFolder, makeTemporaryFolder, removeAbandoned, withFileLock } from '@cullstream/files';
import { compareVersions, probeNatsServer } from './probe-nats-server.js';

export interface CachedServer {
  readonly path: string;
  readonly version: string;
}

const FOLDER = 'nats-server';

/** The newest usable server in the cache. */
export async function findCached(cacheDir: string): Promise<CachedServer | undefined> {
  const names = await readdir(join(cacheDir, FOLDER)).catch(() => []);
  let best: CachedServer | undefined;
  for (const name of names) {
    const path = await serverIn(join(cacheDir, FOLDER, name));
    const version = path && (await probeNatsServer(path).catch(() => undefined));
    if (path === undefined || version === undefined) continue;
    if (best === undefined || compareVersions(version, best.version) > 0) best = { path, version };
  }
  return best;
}

async function serverIn(folder: string): Promise<string | undefined> {
  for (const file of ['nats-server', 'nats-server.exe']) {
    const path = join(folder, file);
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return path;
  }
  return undefined;
}

/**
 * Puts a server into the cache: `fetch` stores the program in the work folder that it is given and
 * returns the path. The program is moved into the cache atomically.
 */
export async function addToCache(
  cacheDir: string,
  source: string,
  fetch: (workDir: string) => Promise<string>,
): Promise<CachedServer> {
  const folder = join(cacheDir, FOLDER);
  await makeFolder(folder);
  await removeAbandoned(cacheDir);
  const workDir = await makeTemporaryFolder(cacheDir);
  try {
    const program = await fetch(workDir);
    const version = await probeNatsServer(program);
    const target = join(folder, `${source}-${version}`);
    const staged = join(workDir, 'staged');
    await mkdir(staged);
    await rename(program, join(staged, basename(program)));
    await rm(target, { recursive: true, force: true });
    await rename(staged, target);
    return { path: join(target, basename(program)), version };
  } finally {
    await rm(workDir, { recursive: true, force: true });
  }
}

/** Runs `work` while no other process downloads into the same cache. */
export async function withCacheLock<T>(cacheDir: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(cacheDir);
  return withFileLock(join(cacheDir, `${FOLDER}.lck`), work);
}
