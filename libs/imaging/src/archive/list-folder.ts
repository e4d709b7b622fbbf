import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { isHungCall, withinTime } from '@cullstream/files';
import { describeReadFault } from '../source/describe-read-fault.js';
import { isPassingFault, systemCode } from '../source/passing-fault.js';
import { ArchiveError } from './archive-error.js';
import { toDiskPath, toPathText } from './path-text.js';
import { isSystemFolder } from './system-folder.js';

/** One file below a folder. */
export interface FolderFile {
  /** Path below the folder, with `/`, as `toDiskPath` takes it. */
  readonly name: string;
  readonly size: number;
  /** Modification time in milliseconds since 1970. */
  readonly modifiedMs: number;
}

export interface FolderListing {
  /** Sorted by path. */
  readonly files: readonly FolderFile[];
  /** Folders below that cannot be read, with the code of the fault: their files are missing. */
  readonly unreadable: readonly { readonly name: string; readonly code: string }[];
}

interface Found {
  readonly answerWithinMs: number | undefined;
  readonly files: string[];
  readonly unreadable: { name: string; code: string }[];
}

const STATS_AT_ONCE = 32;

/**
 * The files below a folder. Links to files count, links to folders are not followed; hidden folders and those
 * of systems are left out.
 * @param answerWithinMs time limit of each system call
 * @throws {ArchiveError} if the folder itself cannot be read
 * @throws {TransientError} if the disk fails temporarily
 * @throws {HungCallError} if the disk does not answer
 */
export async function listFolder(path: string, answerWithinMs?: number): Promise<FolderListing> {
  const found: Found = { files: [], unreadable: [], answerWithinMs };
  try {
    await visit(path, '', found);
  } catch (cause) {
    if (isHungCall(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (isPassingFault(cause)) {
      throw new TransientError(`${path}: cannot be read now: ${reason}`, { cause });
    }
    const problem = describeReadFault(cause) ?? `cannot be listed (${reason}); check the disk`;
    throw new ArchiveError(path, problem, { cause });
  }
  found.files.sort((a, b) => (a < b ? -1 : 1));
  const files: FolderFile[] = [];
  for (let start = 0; start < found.files.length; start += STATS_AT_ONCE) {
    const names = found.files.slice(start, start + STATS_AT_ONCE);
    const described = await Promise.all(names.map((name) => describe(path, name, answerWithinMs)));
    files.push(...described.filter((file) => file !== undefined));
  }
  return { files, unreadable: found.unreadable };
}

/** @param below path of a folder below `path`, empty for itself */
async function visit(path: string, below: string, found: Found): Promise<void> {
  const folder = join(path, below);
  const reading = readdir(toDiskPath(folder), { encoding: 'buffer', withFileTypes: true });
  const entries = await withinTime(reading, folder, found.answerWithinMs);
  for (const entry of entries) {
    const name = toPathText(entry.name);
    const nameBelow = below === '' ? name : `${below}/${name}`;
    if (entry.isDirectory()) {
      if (!isSystemFolder(name)) await visitBelow(path, nameBelow, found);
    } else if (isFileOrLink(entry)) {
      found.files.push(nameBelow);
    }
  }
}

/** If a folder may not be read, only its own files are missing. */
async function visitBelow(path: string, below: string, found: Found): Promise<void> {
  try {
    await visit(path, below, found);
  } catch (cause) {
    const code = systemCode(cause);
    if (code === undefined || isPassingFault(cause)) throw cause;
    found.unreadable.push({ name: below, code });
  }
}

function isFileOrLink(entry: Dirent<Buffer>): boolean {
  return entry.isFile() || entry.isSymbolicLink();
}

/** A file whose properties cannot be read is listed as well: reading it later reports the error. */
async function describe(
  path: string,
  name: string,
  answerWithinMs: number | undefined,
): Promise<FolderFile | undefined> {
  try {
    const file = join(path, name);
    const found = await withinTime(stat(toDiskPath(file)), file, answerWithinMs);
    return found.isFile() ? { name, size: found.size, modifiedMs: found.mtimeMs } : undefined;
  } catch (cause) {
    if (isHungCall(cause)) throw cause;
    if (!isPassingFault(cause)) return { name, size: 0, modifiedMs: 0 };
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TransientError(`${join(path, name)}: cannot be read now: ${reason}`, { cause });
  }
}
