import { TransientError } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import type { Originals, OriginalsFile } from '../originals/originals.js';
import { describeReadFault } from '../source/describe-read-fault.js';
import { isPassingFault, systemCode } from '../source/passing-fault.js';
import type { ArchiveEntry } from './archive-entry.js';
import { ArchiveError } from './archive-error.js';
import { ReadAheadFile } from './read-ahead-file.js';
import { readCentralDirectory } from './read-central-directory.js';
import { readMacosDirectory } from './read-macos-directory.js';

/**
 * The files in a zip archive, in the order of its central directory. Nothing else is read, and it is opened
 * read only. Folders are left out, but count for the index.
 * @param path of the archive below the originals
 * @throws {ArchiveError} if it cannot be listed completely
 * @throws {TransientError} if the disk or the storage fails temporarily
 * @throws {HungCallError} if the disk does not answer
 */
export async function* listArchive(
  originals: Originals,
  path: string,
): AsyncGenerator<ArchiveEntry, void, undefined> {
  yield* await readEntries(originals, path);
}

async function readEntries(originals: Originals, path: string): Promise<ArchiveEntry[]> {
  const text = originals.toText(path);
  let file: OriginalsFile | undefined;
  try {
    file = await originals.open(path);
    return await readEitherWay(new ReadAheadFile(file));
  } catch (cause) {
    if (isHungCall(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (isPassingFault(cause)) {
      throw new TransientError(`${text}: cannot be read now: ${reason}`, { cause });
    }
    // After an error of the system nothing is known about the content of the file.
    const remedy =
      systemCode(cause) === undefined
        ? 'pack it anew, or try to repair it with "zip -FF"'
        : 'check that it is there and that this user may read it';
    const problem = describeReadFault(cause) ?? `cannot be listed (${reason}); ${remedy}`;
    throw new ArchiveError(text, problem, { cause });
  } finally {
    await file?.close();
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
