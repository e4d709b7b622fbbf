import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { lstat, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from './sync-folder.js';
import { temporaryPathFor } from './temporary-names.js';

export interface Durability {
  /**
   * Whether the content must survive a power loss from now on. Costs two syncs. Without it the file may
   * be missing or empty after one: right for what can be made anew.
   */
  readonly durable?: boolean | undefined;
}

export interface WriteOptions extends Durability {
  /** Permissions, for instance 0o600; by default what the system gives new files. */
  readonly mode?: number | undefined;
}

/**
 * Writes a file that appears whole, in place of an older one: whatever is killed when, the name stands
 * for the old content or for the new. The folder must be there.
 * @throws {Error} of the system; the old content stands then
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

/** As {@link writeFileAtomic}, at once. */
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
 * For what is not written in one piece: `write` makes the file at the path it is given, which then takes
 * the place of `path`. What it throws leaves `path` as it was.
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
 * Whether a name that a person gave stands for a file, or for nothing yet. All else, such as a pipe, a
 * device or the link `/dev/stdout`, is written into: replacing it would leave its reader waiting for ever.
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
    // The fault that brought us here is the one to report; a temporary file is never read.
  }
}
