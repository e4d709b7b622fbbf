import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toErrno } from '@cullstream/files';
import { toStorageFault } from '../storage-fault.js';

export const LOG_ENDING = '.jsonl';
export const VECTORS_ENDING = '.f32';
/** `<time>-<pid>-<random>`, as `SegmentWriter` names segments, and an ending. */
const NAME = /^\d{8}T\d{9}Z-\d+-[0-9a-f]{8}\.(jsonl|f32)$/;

/** Whether a name is that of a file of lines or of vectors. */
export function isSegmentName(name: string): boolean {
  return NAME.test(name);
}

/**
 * The files of lines in a folder of packed vectors, oldest first; none without the folder.
 * @throws {TransientError} where the folder is there and cannot be read
 */
export function listSegmentLogs(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(LOG_ENDING))
      .sort()
      .map((name) => join(folder, name));
  } catch (cause) {
    if (toErrno(cause) === 'ENOENT') return [];
    throw toStorageFault('cannot list the packed vectors in', folder, cause);
  }
}
