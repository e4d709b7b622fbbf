import { TransientError } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import { isPassingFault, systemCode } from '../source/passing-fault.js';
import type { ArchiveEntry } from './archive-entry.js';
import { ArchiveError } from './archive-error.js';
import { ReadAheadFile } from './read-ahead-file.js';
import { readCentralDirectory } from './read-central-directory.js';
import { readMacosDirectory } from './read-macos-directory.js';

/**
 * The files in a zip archive, in the order of its central directory. Nothing else is read, and it is opened
 * read only. Folders are left out, but count for the index.
 * @param answerWithinMs time limit of each system call
 * @throws {ArchiveError} if it cannot be listed completely
 * @throws {TransientError} if the disk fails temporarily
 * @throws {HungCallError} if the disk does not answer
 */
export async function* listArchive(
  path: string,
  answerWithinMs?: number,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  yield* await readEntries(path, answerWithinMs);
}

async function readEntries(path: string, answerWithinMs?: number): Promise<ArchiveEntry[]> {
  let file: ReadAheadFile | undefined;
  let isHung = false;
  try {
    file = await ReadAheadFile.open(path, answerWithinMs);
    return await readEitherWay(file);
  } catch (cause) {
    isHung = isHungCall(cause);
    if (isHung) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (isPassingFault(cause)) {
      throw new TransientError(`${path}: cannot be read now: ${reason}`, { cause });
    }
    // After an error of the system nothing is known about the content of the file.
    const remedy =
      systemCode(cause) === undefined
        ? 'pack it anew, or try to repair it with "zip -FF"'
        : 'check that it is there and that this user may read it';
    throw new ArchiveError(path, `cannot be listed (${reason}); ${remedy}`, { cause });
  } finally {
    // A file with a hung read is not closed: closing would hang as well.
    if (!isHung) await file?.close();
  }
}

async function readEitherWay(file: ReadAheadFile): Promise<ArchiveEntry[]> {
  try {
    return await readCentralDirectory(file);
  } catch (cause) {
    if (isPassingFault(cause) || isHungCall(cause)) throw cause;
    try {
      return await readMacosDirectory(file);
    } catch (second) {
      // The error of yauzl applies to any archive, so it explains more than that of the special case.
      throw isPassingFault(second) || isHungCall(second) ? second : cause;
    }
  }
}
