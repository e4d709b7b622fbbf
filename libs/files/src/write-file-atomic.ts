import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.js';
import { temporaryPathFor } from './temporary-names.js';

export interface Durability {
  /**
   * Whether the content must survive a power loss from now on. This costs two syncs. Without it the
   * file may be missing or empty after a power loss, which is acceptable for what can be computed
   * again.
   */
  readonly durable?: boolean | undefined;
}

export interface WriteOptions extends Durability {
  /** Permissions, for instance 0o600. Default: the system's for new files. */
  readonly mode?: number | undefined;
}

/**
 * Writes a file atomically, in place of an older one: even if the process is killed, the name
 * stands for either the old or the new content. The folder must exist.
 * @throws {Error} of the operating system; the old content is kept then
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  { mode, durable = false }: WriteOptions = {},
): Promise<void> {
  await replaceFile(path, (temporary) =>
    writeFile(temporary, content, { flag: 'wx', mode, flush: durable }),
  );
  if (durable) syncFolder(dirname(path));
}

/** The synchronous form of {@link writeFileAtomic}. */
export function writeFileAtomicSync(
  path: string,
  content: string | Uint8Array,
  { mode, durable = false }: WriteOptions = {},
): void {
  const temporary = temporaryPathFor(path);
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode, flush: durable });
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw error;
  }
  if (durable) syncFolder(dirname(path));
}

/**
 * For content that is written in several steps: `write` makes the file at the path it is given,
 * which then replaces `path`. If it throws, `path` is unchanged.
 */
export async function replaceFile<T>(
  path: string,
  write: (temporary: string) => Promise<T>,
  { durable = false }: Durability = {},
): Promise<T> {
  const temporary = temporaryPathFor(path);
  let result: T;
  try {
    result = await write(temporary);
    if (durable) await syncFile(temporary);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  if (durable) syncFolder(dirname(path));
  return result;
}

/**
 * Whether a name that the user gave is a regular file or does not exist yet. Anything else, such as
 * a pipe, a device or the link `/dev/stdout`, must be written to directly: if it were replaced, its
 * reader would wait for ever.
 */
export async function isReplaceable(path: string): Promise<boolean> {
  const facts = await lstat(path).catch(() => undefined);
  return facts === undefined || facts.isFile();
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // The original error is the one to report. The temporary file is never read.
  }
}
