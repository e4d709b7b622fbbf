import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './errno.js';
import { isProcessAlive } from './is-process-alive.js';

/** `.<file>.<computer>-<process>-<random>.tmp`; what older versions left behind names no computer. */
const PATTERN = /^\..*\.(?:([0-9a-f]{8})-)?(\d+)-[0-9a-f]{12}\.tmp$/su;
/** Names of files end at 255 bytes; a part of it is enough to know whose a temporary one was. */
const MAX_NAME_CHARACTERS = 50;
/** Nobody writes that long without a pause: what is older belongs to a computer that is gone. */
const ABANDONED_AFTER_MS = 7 * 24 * 60 * 60_000;

/** A name beside `path`, hidden, that tells which process uses it and that nobody else takes. */
export function temporaryPathFor(path: string): string {
  const name = Array.from(basename(path)).slice(0, MAX_NAME_CHARACTERS).join('');
  const nonce = randomBytes(6).toString('hex');
  return join(dirname(path), `.${name}.${hostMark()}-${process.pid}-${nonce}.tmp`);
}

/** A new folder in `parent` for what is not finished. Whoever makes it removes it. */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  const path = temporaryPathFor(join(parent, 'unfinished'));
  await mkdir(path);
  return path;
}

/**
 * Removes temporary files and folders whose process has ended without doing so. What a living process
 * writes, here or on another computer that shares the folder, stays.
 * @returns what was removed; empty where there is no such folder
 */
export async function removeAbandoned(folder: string): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await namesIn(folder)) {
    const path = join(folder, name);
    if (!(await isAbandoned(path, name))) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

async function isAbandoned(path: string, name: string): Promise<boolean> {
  const match = PATTERN.exec(name);
  if (match === null) return false;
  const [, host = hostMark(), pid] = match;
  if (host === hostMark()) return !isProcessAlive({ pid: Number(pid) });
  const facts = await stat(path).catch(() => undefined);
  return facts !== undefined && Date.now() - facts.mtimeMs > ABANDONED_AFTER_MS;
}

/** Tells this computer from others that write to the same folder. */
function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}
