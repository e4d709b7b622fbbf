import yauzl from 'yauzl';
import { MalformedCheckpoint } from './checkpoint-error.js';
import type { CheckpointFile } from './checkpoint-file.js';

/** One file in a torch archive. */
export interface ZipEntry {
  readonly name: string;
  readonly sizeBytes: number;
  readonly storedBytes: number;
  /** torch compresses only the code of a TorchScript archive, never its tensors. */
  readonly compressed: boolean;
  readonly crc32: number;
  readonly localHeaderOffset: number;
}

const MAX_ENTRIES = 50_000;
const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;

/**
 * The entries of a torch archive by name.
 * @throws {MalformedCheckpoint} on what torch does not write: encrypted entries, repeated names.
 */
export async function readZipEntries(file: CheckpointFile): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  await eachEntry(file, (entry) => {
    if (entry.fileName.endsWith('/')) return;
    if (entries.size >= MAX_ENTRIES)
      throw new MalformedCheckpoint('too many entries in the archive');
    if (entries.has(entry.fileName)) {
      throw new MalformedCheckpoint(`the archive holds "${entry.fileName}" twice`);
    }
    if (entry.isEncrypted()) throw new MalformedCheckpoint(`"${entry.fileName}" is encrypted`);
    entries.set(entry.fileName, {
      name: entry.fileName,
      sizeBytes: entry.uncompressedSize,
      storedBytes: entry.compressedSize,
      compressed: entry.compressionMethod !== 0,
      crc32: entry.crc32,
      localHeaderOffset: entry.relativeOffsetOfLocalHeader,
    });
  });
  return entries;
}

function eachEntry(file: CheckpointFile, take: (entry: yauzl.Entry) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const options = { lazyEntries: true, autoClose: false };
    yauzl.fromFd(file.fd, options, (error: Error | null, zip: yauzl.ZipFile) => {
      if (error !== null) {
        reject(new MalformedCheckpoint(`damaged archive: ${error.message}`, { cause: error }));
        return;
      }
      zip.on('error', (cause: Error) => {
        reject(new MalformedCheckpoint(`damaged archive: ${cause.message}`, { cause }));
      });
      zip.on('end', resolve);
      zip.on('entry', (entry: yauzl.Entry) => {
        try {
          take(entry);
          zip.readEntry();
        } catch (cause) {
          reject(cause instanceof Error ? cause : new Error(String(cause)));
        }
      });
      zip.readEntry();
    });
  });
}

/** Position of an entry's first byte, which depends on the length of its local header. */
export async function entryStart(file: CheckpointFile, entry: ZipEntry): Promise<number> {
  const header = await file.read(entry.localHeaderOffset, LOCAL_HEADER_BYTES);
  if (header.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw new MalformedCheckpoint(`damaged archive: no entry where "${entry.name}" should begin`);
  }
  const variable = header.readUInt16LE(26) + header.readUInt16LE(28);
  return entry.localHeaderOffset + LOCAL_HEADER_BYTES + variable;
}
