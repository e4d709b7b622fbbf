import { crc32 } from 'node:zlib';
import {
  PermanentError,
  type FileSource,
  type ImageSource,
  type ZipEntrySource,
} from '@cullstream/contracts';
import { ANSWER_WITHIN_MS, withinTime } from '@cullstream/files';
import { OpenFiles } from './open-files.js';
import { toReadError } from './read-error.js';
import { readFully } from './read-fully.js';
import { readZipEntry, type ComputeCrc32, type OnRead } from './read-zip-entry.js';
import { resolveBelow } from './resolve-below.js';

export interface SourceReaderOptions {
  readonly originalsDir: string;
  /** Largest image file that is read, in bytes, for packed and unpacked sizes. */
  readonly maxBytes: number;
  /** Number of archives that are kept open for the next entry; 16 by default. */
  readonly maxOpenFiles?: number;
  /** Time limit for reading an image; extended by as much for each {@link SLOWEST_BYTES} of it. */
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
   * @throws {TransientError} if the disk fails temporarily or is not there
   * @throws {HungCallError} if the disk does not answer: the thread that reads stays blocked
   */
  read(source: ImageSource): Promise<Buffer>;
  close(): Promise<void>;
}

const DEFAULT_OPEN_FILES = 16;
/** Bytes that even the slowest usable drive reads within `answerWithinMs`. */
const SLOWEST_BYTES = 32 * 1024 * 1024;

/** Reads images from zip entries and files below the originals folder. Never changes anything there. */
export function createSourceReader(options: SourceReaderOptions): SourceReader {
  const { originalsDir, maxBytes, onRead = () => undefined } = options;
  const { answerWithinMs = ANSWER_WITHIN_MS, computeCrc32 = computeHere } = options;
  const archives = new OpenFiles(options.maxOpenFiles ?? DEFAULT_OPEN_FILES);
  const files = new OpenFiles(0);

  const readEntry = async (source: ZipEntrySource, path: string) => {
    const read = () =>
      archives.use(path, (archive) => readZipEntry(archive, source, onRead, computeCrc32));
    try {
      return await read();
    } catch (cause) {
      // The open file may be an archive that was replaced. After a failure the next read opens it again.
      if (isDamage(cause)) return await read();
      throw cause;
    }
  };

  const readFile = (source: FileSource, path: string) =>
    files.use(path, async ({ handle, size }) => {
      const startedMs = performance.now();
      const bytes = Buffer.allocUnsafeSlow(source.size);
      if (size !== source.size || (await readFully(handle, bytes, 0)) !== source.size) {
        throw new PermanentError(
          'source-changed',
          `${source.path}: has another size than when it was listed; run again`,
        );
      }
      onRead('read', performance.now() - startedMs, bytes.length);
      return bytes;
    });

  return {
    async read(source) {
      const relativePath = source.kind === 'file' ? source.path : source.archive;
      const path = resolveBelow(originalsDir, relativePath);
      try {
        requireReadableSize(source, maxBytes);
        const reading = source.kind === 'file' ? readFile(source, path) : readEntry(source, path);
        const limitMs = answerWithinMs * (1 + Math.floor(source.size / SLOWEST_BYTES));
        const bytes = await withinTime(reading, path, limitMs);
        if (bytes.length > 0) return bytes;
      } catch (cause) {
        throw await toReadError(cause, path, originalsDir);
      }
      throw new PermanentError('empty-file', `${relativePath}: the image is empty; copy it anew`);
    },
    async close() {
      await Promise.all([archives.close(), files.close()]);
    },
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
