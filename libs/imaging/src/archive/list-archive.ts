import { TransientError } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import { isPassingFault, systemCode } from '../source/passing-fault.js';
import type { ArchiveEntry } from './archive-entry.js';
import { ArchiveError } from './archive-error.js';
import { ReadAheadFile } from './read-ahead-file.js';
import { readCentralDirectory } from './read-central-directory.js';
import { readMacosDirectory } from './read-macos-directory.js';

/**
 * The files in a zip archive, in the order of its central directory; nothing else of it is read, and
 * it is opened read only. Folders are left out, but count for the index.
 * @param answerWithinMs in which each call of the system must end
 * @throws {ArchiveError} when it cannot be listed completely
 * @throws {TransientError} when the disk fails for the moment
 * @throws {HungCallError} when it does not answer
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
    // What the system refuses says nothing of what the file holds.
    const remedy =
      systemCode(cause) === undefined
        ? 'pack it anew, or try to repair it with "zip -FF"'
        : 'check that it is there and that this user may read it';
    throw new ArchiveError(path, `cannot be listed (${reason}); ${remedy}`, { cause });
  } finally {
    // One that is still being read is closed by nobody.
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
      // What yauzl says fits any archive, so it explains more than the special case does.
      throw isPassingFault(second) || isHungCall(second) ? second : cause;
    }
  }
}
