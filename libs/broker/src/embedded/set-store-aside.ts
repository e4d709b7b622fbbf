import { existsSync } from 'node:fs';
import { copyFile, lstat, mkdir, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isErrno } from '@cullstream/files';
import { TransientError } from '@cullstream/contracts';
import { SERVER_STOP_TIMEOUT_MS } from './guard-protocol.js';
import { lockStore } from './guarded-store.js';

/** Folders of a store, from the outermost to the innermost. */
const FOLDERS = ['', 'jetstream', 'jetstream/jetstream', 'jetstream/jetstream/$G'];
const STREAMS = 'jetstream/jetstream/$G/streams';
const FILES = ['owner.json', 'store.lock', 'nats-server.conf', 'nats-server.log'];

/**
 * Moves the store of a server, with its log, to `<store>.damaged-<time>`, so that a new store can
 * take its place. No server may run on it or be started on it meanwhile.
 * @returns the folder that holds it; undefined where nothing is stored
 * @throws {TransientError} while another process uses the store
 */
export async function setStoreAside(storeDir: string): Promise<string | undefined> {
  return withLock(storeDir, async () => {
    const stored = join(storeDir, 'jetstream');
    if (!existsSync(stored)) return undefined;
    const aside = await makeAside(storeDir);
    await rename(stored, join(aside, 'jetstream'));
    const log = 'nats-server.log';
    await copyFile(join(storeDir, log), join(aside, log)).catch(() => undefined);
    return aside;
  });
}

/**
 * Undoes {@link setStoreAside}: used when a new store fails too, so the old one is not the cause.
 */
export async function putStoreBack(storeDir: string, aside: string): Promise<void> {
  await withLock(storeDir, async () => {
    await rm(join(storeDir, 'jetstream'), { recursive: true, force: true });
    await rename(join(aside, 'jetstream'), join(storeDir, 'jetstream'));
    await rm(aside, { recursive: true });
  });
}

async function withLock<T>(storeDir: string, work: () => Promise<T>): Promise<T> {
  const lock = await lockStore(storeDir, SERVER_STOP_TIMEOUT_MS, () => false);
  if (lock === undefined) throw new TransientError(`${storeDir} is in use by another nats-server`);
  try {
    return await work();
  } finally {
    lock.release();
  }
}

/**
 * Renames a file that lies where a folder of the store belongs, or the other way round, as {@link
 * setStoreAside} does. No server can have started there.
 * @returns what was renamed, and its new name; undefined where nothing was
 */
export async function setIntruderAside(
  storeDir: string,
): Promise<{ readonly path: string; readonly aside: string } | undefined> {
  for (const name of [...FOLDERS, STREAMS, ...FILES]) {
    const path = join(storeDir, name);
    const found = await lstat(path).catch(() => undefined);
    const isFolder = !FILES.includes(name);
    // Follows links: the store may be on another drive.
    if (found === undefined || found.isSymbolicLink() || found.isDirectory() === isFolder) continue;
    const aside = await makeAside(storeDir);
    await rename(path, join(aside, basename(path)));
    return { path, aside };
  }
  return undefined;
}

async function makeAside(storeDir: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  for (let number = 1; ; number++) {
    const aside = `${storeDir}.damaged-${stamp}${number === 1 ? '' : `-${number}`}`;
    try {
      await mkdir(aside, { mode: 0o700 });
      return aside;
    } catch (error) {
      if (!isErrno(error, 'EEXIST')) throw error;
    }
  }
}
