import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { isPassingFault } from '../source/passing-fault.js';
import { ArchiveError } from './archive-error.js';

/** One file below a folder. */
export interface FolderFile {
  /** Path below the folder, with `/`. */
  readonly name: string;
  readonly size: number;
  /** Modification time in milliseconds since 1970. */
  readonly modifiedMs: number;
}

const STATS_AT_ONCE = 32;

/**
 * The files below a folder, sorted by path. Links to files count, links to folders are not followed.
 * @throws {ArchiveError} when a folder cannot be read
 * @throws {TransientError} when the disk fails for the moment
 */
export async function* listFolder(path: string): AsyncGenerator<FolderFile, void, undefined> {
  const files = await readFiles(path);
  for (let start = 0; start < files.length; start += STATS_AT_ONCE) {
    const described = await Promise.all(
      files.slice(start, start + STATS_AT_ONCE).map((name) => describe(path, name)),
    );
    for (const file of described) {
      if (file !== undefined) yield file;
    }
  }
}

async function readFiles(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile() || entry.isSymbolicLink())
      .map((entry) => nameBelow(path, entry))
      .sort((a, b) => (a < b ? -1 : 1));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (isPassingFault(cause)) {
      throw new TransientError(`${path}: cannot be read now: ${reason}`, { cause });
    }
    throw new ArchiveError(path, `cannot be listed (${reason}); check the folder's permissions`, {
      cause,
    });
  }
}

function nameBelow(path: string, entry: Dirent): string {
  return relative(path, join(entry.parentPath, entry.name)).split(sep).join('/');
}

/** A file that cannot be looked at is listed all the same: reading it will say why it fails. */
async function describe(path: string, name: string): Promise<FolderFile | undefined> {
  try {
    const found = await stat(join(path, name));
    return found.isDirectory() ? undefined : { name, size: found.size, modifiedMs: found.mtimeMs };
  } catch (cause) {
    if (!isPassingFault(cause)) return { name, size: 0, modifiedMs: 0 };
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransientError(`${join(path, name)}: cannot be read now: ${reason}`, { cause });
  }
}
