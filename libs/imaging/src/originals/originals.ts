import { ConfigurationError } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import type { FolderListing } from '../archive/list-folder.js';

/**
 * A place that holds sources, only for reading: a folder, or a place in a bucket. Paths are below it, with `/`;
 * the empty path is the place itself. Errors have codes as those of the operating system have (`ENOENT`,
 * `EACCES`, …), unless the docs of a function name others.
 */
export interface Originals {
  /** As it was given: a path or an address. */
  readonly place: string;
  /** What to do if it is not there, for people. */
  readonly remedy: string;
  /** Makes sure that the place is there and can be read. */
  check(): Promise<void>;
  /** Why the place cannot be used, and what to do, from an error of {@link check} or {@link list}. */
  describe(error: unknown): string;
  /** The path or address of something in it, for people and logs. */
  toText(path: string): string;
  /** What is directly in a folder, in no order. */
  list(folder: string): Promise<OriginalsEntry[]>;
  /** What a path leads to, links followed. */
  look(path: string): Promise<OriginalsFacts>;
  /**
   * The files below a folder, sorted by path; hidden folders and those of systems are left out.
   * @throws {ArchiveError} if the folder itself cannot be read
   * @throws {TransientError} if the disk or storage fails temporarily
   */
  listFiles(folder: string): Promise<FolderListing>;
  /** Opens a file for reading pieces of it. */
  open(path: string): Promise<OriginalsFile>;
  /**
   * All bytes of a file.
   * @returns undefined if it has another size than `size`
   */
  readWhole(path: string, size: number): Promise<Buffer | undefined>;
  /** The path or address with all links resolved. */
  resolve(path: string): Promise<string>;
}

export interface OriginalsEntry {
  /** One part of a path. */
  readonly name: string;
  readonly kind: 'folder' | 'file' | 'link';
  /** Where a link leads: a `loop` is a folder that the originals are in. Undefined if nothing is there. */
  readonly follow: () => Promise<'folder' | 'file' | 'loop' | undefined>;
}

export interface OriginalsFacts {
  readonly kind: 'folder' | 'file' | 'other';
  readonly size: number;
  /** Modification time in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Changes if the file is replaced, and possibly more often. */
  readonly version: string;
}

/** A file that is open. All its reads give bytes of one and the same version. */
export interface OriginalsFile {
  readonly size: number;
  /**
   * Fills `target` from `position` on.
   * @returns the number of bytes; less than requested only at the end of the file
   */
  read(target: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface OriginalsOptions {
  /** Time limit of a call of the system, or without a byte from the storage. */
  readonly answerWithinMs?: number | undefined;
}

/**
 * @throws {ConfigurationError} if the originals are not there or cannot be reached
 * @throws {HungCallError} if the drive does not answer
 */
export async function requireOriginals(originals: Originals): Promise<void> {
  try {
    await originals.check();
  } catch (cause) {
    if (isHungCall(cause)) throw cause;
    throw new ConfigurationError([`‹originals›: ${originals.describe(cause)}`], { cause });
  }
}

/** Whether something is there, whatever it is. False as well if it cannot be said. */
export function isThere(originals: Originals, path = ''): Promise<boolean> {
  return originals.look(path).then(
    () => true,
    () => false,
  );
}
