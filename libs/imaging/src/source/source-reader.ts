import { crc32 } from 'node:zlib';
import {
  PermanentError,
  type FileSource,
  type ImageSource,
  type ZipEntrySource,
} from '@cullstream/contracts';
import { isReplaced } from '@cullstream/object-storage';
import { openOriginals } from '../originals/open-originals.js';
import { OpenFiles } from './open-files.js';
import { toReadError } from './read-error.js';
import { readZipEntry, type ComputeCrc32, type OnRead } from './read-zip-entry.js';
import { refusePathOutside } from './refuse-path-outside.js';

export interface SourceReaderOptions {
  /** Folder of the originals, or their address in a bucket. */
  readonly originalsDir: string;
  /** Largest image file that is read, in bytes, for packed and unpacked sizes. */
  readonly maxBytes: number;
  /** Number of archives that are kept open for the next entry; 16 by default. */
  readonly maxOpenFiles?: number;
  /** Time limit for reading from a drive, extended by as much for each 32 MiB; for storage: without a byte. */
  readonly answerWithinMs?: number | undefined;
  readonly onRead?: OnRead;
  /** By default it is computed on the calling thread. */
  readonly computeCrc32?: ComputeCrc32;
}

export interface SourceReader {
  /**
   * The bytes of an image, compared with the listing.
   * @throws {PermanentError} `empty-file`, `image-too-large`, `file-missing`, `source-changed`,
   *   `encrypted-entry`, `unsupported-compression`, `unreadable-entry`, `crc-mismatch`
   * @throws {TransientError} if the disk or the storage fails temporarily or is not there
   * @throws {HungCallError} if the disk does not answer: the thread that reads stays blocked
   */
  read(source: ImageSource): Promise<Buffer>;
  close(): Promise<void>;
}

const DEFAULT_OPEN_FILES = 16;

/** Reads images from zip entries and files below the originals. Never changes anything there. */
export function createSourceReader(options: SourceReaderOptions): SourceReader {
  const { originalsDir, maxBytes, onRead = () => undefined } = options;
  const { answerWithinMs, computeCrc32 = computeHere } = options;
  const originals = openOriginals(originalsDir, { answerWithinMs });
  const archives = new OpenFiles(originals, options.maxOpenFiles ?? DEFAULT_OPEN_FILES);

  const readEntry = async (source: ZipEntrySource) => {
    const read = () =>
      archives.use(source.archive, (file) => readZipEntry(file, source, onRead, computeCrc32));
    try {
      return await read();
    } catch (cause) {
      // The open file may be an archive that was replaced. After a failure the next read opens it again.
      if (isDamage(cause) || isReplaced(cause)) return await read();
      throw cause;
    }
  };

  const readFile = async (source: FileSource) => {
    const startedMs = performance.now();
    const bytes = await originals.readWhole(source.path, source.size);
    if (bytes === undefined) {
      throw new PermanentError(
        'source-changed',
        `${source.path}: has another size than when it was listed; run again`,
      );
    }
    onRead('read', performance.now() - startedMs, bytes.length);
    return bytes;
  };

  return {
    async read(source) {
      const path = source.kind === 'file' ? source.path : source.archive;
      refusePathOutside(path);
      try {
        requireReadableSize(source, maxBytes);
        const bytes = await (source.kind === 'file' ? readFile(source) : readEntry(source));
        if (bytes.length > 0) return bytes;
      } catch (cause) {
        throw await toReadError(cause, path, originals);
      }
      throw new PermanentError('empty-file', `${path}: the image is empty; copy it anew`);
    },
    close: () => archives.close(),
  };
}

const computeHere: ComputeCrc32 = (bytes) => Promise.resolve({ bytes, crc32: crc32(bytes) });

function isDamage(error: unknown): boolean {
  const reasons = ['crc-mismatch', 'unreadable-entry'];
  return error instanceof PermanentError && reasons.includes(error.reason);
}

function requireReadableSize(source: ImageSource, maxBytes: number): void {
  const packed = source.kind === 'file' ? source.size : source.compressedSize;
  const largest = Math.max(source.size, packed);
  if (largest > maxBytes) {
    throw new PermanentError(
      'image-too-large',
      `the image has ${largest} bytes, more than the ${maxBytes} allowed`,
    );
  }
}
