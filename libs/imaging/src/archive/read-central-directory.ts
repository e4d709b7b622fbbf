import { RandomAccessReader, ZipFile } from 'yauzl';
import type { ArchiveEntry } from './archive-entry.js';
import { readDamagedHeader } from './damaged-header.js';
import { requireEndOfDirectory } from './end-of-directory.js';
import { locateDirectory } from './locate-directory.js';
import type { ReadAheadFile } from './read-ahead-file.js';
import { toArchiveEntry } from './to-archive-entry.js';

declare module 'yauzl' {
  function dosDateTimeToDate(date: number, time: number, timezone?: 'local' | 'UTC'): Date;
  interface ZipFile {
    eachEntry(): AsyncIterableIterator<Entry>;
  }
  interface Entry {
    fileNameRaw: Buffer;
  }
}

/**
 * The files in an archive's central directory, by yauzl. If yauzl refuses a header, only that entry fails, not
 * the archive.
 * @throws Error if the directory cannot be found or read, or has more entries than are counted
 */
export async function readCentralDirectory(file: ReadAheadFile): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  const { start, end, entryCount: total, archiveStart } = await locateDirectory(file);
  let zip = openZip(file, start, total);
  let cursor = start;
  let index = 0;
  while (index < total) {
    try {
      for await (const entry of zip.eachEntry()) {
        const found = toArchiveEntry(index, {
          flags: entry.generalPurposeBitFlag,
          method: entry.compressionMethod,
          crc32: entry.crc32,
          compressedSize: entry.compressedSize,
          size: entry.uncompressedSize,
          localHeaderOffset: archiveStart + entry.relativeOffsetOfLocalHeader,
          name: entry.fileNameRaw,
          dosDate: entry.lastModFileDate,
          dosTime: entry.lastModFileTime,
          extraFields: entry.extraFields,
        });
        if (found !== undefined) entries.push(found);
        index += 1;
        cursor = readCursor(zip);
      }
    } catch (cause) {
      const damaged = await readDamagedHeader(file, cursor, cause);
      const localHeaderOffset = archiveStart + damaged.header.localHeaderOffset;
      const found = toArchiveEntry(index, { ...damaged.header, localHeaderOffset });
      if (found !== undefined) entries.push(found);
      index += 1;
      cursor = damaged.end;
      zip = openZip(file, cursor, total - index);
    }
  }
  await requireEndOfDirectory(file, cursor, total, end);
  return entries;
}

/** Converts yauzl's position, for which the published types wrongly say boolean. */
function readCursor(zip: ZipFile): number {
  return Number(zip.readEntryCursor);
}

function openZip(file: ReadAheadFile, offset: number, entryCount: number): ZipFile {
  const reader = new YauzlReader(file);
  return new ZipFile(reader, offset, file.size, entryCount, '', false, true, false, false);
}

class YauzlReader extends RandomAccessReader {
  readonly #file: ReadAheadFile;
  constructor(file: ReadAheadFile) {
    super();
    this.#file = file;
  }

  override read(
    target: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    const known = this.#file.peek(position, length);
    if (known !== undefined) {
      known.copy(target, offset);
      callback(null);
      return;
    }
    this.#file.read(position, length).then(
      (bytes) => {
        bytes.copy(target, offset);
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  override close(callback: (error: Error | null) => void): void {
    callback(null);
  }
}
