import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isErrno } from './errno.js';
import { isProcessAlive } from './is-process-alive.js';

/**
 * `.<file>.<computer>-<process>-<random>.tmp`. Older versions did not put the computer into the
 * name.
 */
const PATTERN = /^\..*\.(?:([0-9a-f]{8})-)?(\d+)-[0-9a-f]{12}\.tmp$/su;
/** A file name can have 255 bytes; a part of the original name is enough to recognise it. */
const MAX_NAME_CHARACTERS = 50;
/** No write takes this long: an older file belongs to a computer that does not exist any more. */
const ABANDONED_AFTER_MS = 7 * 24 * 60 * 60_000;

/** A hidden name beside `path` that shows which process uses it and that no other process uses. */
export function temporaryPathFor(path: string): string {
  const name = Array.from(basename(path)).slice(0, MAX_NAME_CHARACTERS).join('');
  const nonce = randomBytes(6).toString('hex');
  return join(dirname(path), `.${name}.${hostMark()}-${process.pid}-${nonce}.tmp`);
}

/** A new folder in `parent` for unfinished files. The caller removes it. */
export async function makeTemporaryFolder(parent: string): Promise<string> {
  const path = temporaryPathFor(join(parent, 'unfinished'));
  await mkdir(path);
  return path;
}

/**
 * Removes temporary files and folders of processes that have ended. Those of a running process,
 * here or on another computer that shares the folder, are kept.
 * @returns what was removed; empty where the folder does not exist
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

/** Identifies this computer among others that write to the same folder. */
function hostMark(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}
