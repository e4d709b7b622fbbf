import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { PermanentError, TransientError, type ZipEntrySource } from '@cullstream/contracts';
import type { OriginalsFile } from '../originals/originals.js';
import { DEFLATED, STORED } from './compression-methods.js';
import { requirePossibleSizes } from './require-possible-sizes.js';

/**
 * Called with the duration and the bytes of a step: `read` for the bytes of the source, including their
 * checksum; `inflate` for the inflated bytes, if they are deflated in the source.
 */
export type OnRead = (stage: 'read' | 'inflate', durationMs: number, bytes: number) => void;

/** Computes the CRC-32 in another thread: the bytes are transferred there and returned. */
export type ComputeCrc32 = (bytes: Uint8Array) => Promise<{ bytes: Uint8Array; crc32: number }>;

const inflateRawAsync = promisify(inflateRaw);

const LOCAL_HEADER_SIGNATURE = 0x04034b50;
const LOCAL_HEADER_BYTES = 30;
/** Large enough for the names and extra fields of most archives, so that one read is enough. */
const NAME_AND_EXTRA_GUESS_BYTES = 512;

/**
 * The content of an entry, by one positioned read. Its sizes and CRC-32 are checked.
 * @param file the open archive
 * @param computeCrc32 computes the CRC-32 of the content
 * @throws {PermanentError} `encrypted-entry`, `unsupported-compression`, `unreadable-entry`,
 *   `crc-mismatch`
 */
export async function readZipEntry(
  file: OriginalsFile,
  source: ZipEntrySource,
  onRead: OnRead,
  computeCrc32: ComputeCrc32,
): Promise<Buffer> {
  const startedMs = performance.now();
  const where = `${source.archive}, entry ${source.entryIndex}`;
  if (source.encrypted) {
    throw new PermanentError('encrypted-entry', `${where}: is encrypted; pack it without password`);
  }
  if (source.method !== STORED && source.method !== DEFLATED) {
    throw new PermanentError(
      'unsupported-compression',
      `${where}: is compressed by method ${source.method}; pack it anew with deflate`,
    );
  }
  requirePossibleSizes(source, file.size, where);
  const packed = await readPacked(file, source, where);
  const packedMs = performance.now();
  const inflated = source.method === STORED ? packed : await inflate(packed, source, where);
  const inflatingMs = performance.now() - packedMs;
  if (inflated.length !== source.size) {
    throw damaged(where, `has ${inflated.length} bytes instead of ${source.size}`);
  }
  const packedBytes = packed.length;
  const { bytes, crc32 } = await computeCrc32(inflated);
  if (crc32 !== source.crc32) {
    throw new PermanentError(
      'crc-mismatch',
      `${where}: its CRC-32 is wrong: the archive is damaged; copy it anew`,
    );
  }
  if (source.method === DEFLATED) onRead('inflate', inflatingMs, bytes.length);
  onRead('read', performance.now() - startedMs - inflatingMs, packedBytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

async function readPacked(
  file: OriginalsFile,
  source: ZipEntrySource,
  where: string,
): Promise<Buffer> {
  const start = source.localHeaderOffset;
  const available = Math.max(0, file.size - start);
  const guess = LOCAL_HEADER_BYTES + NAME_AND_EXTRA_GUESS_BYTES + source.compressedSize;
  const first = Buffer.allocUnsafeSlow(Math.min(guess, available));
  const filled = await file.read(first, start);
  if (filled < LOCAL_HEADER_BYTES || first.readUInt32LE(0) !== LOCAL_HEADER_SIGNATURE) {
    throw damaged(where, `has no header at byte ${start}`);
  }
  const dataStart = LOCAL_HEADER_BYTES + first.readUInt16LE(26) + first.readUInt16LE(28);
  const dataEnd = dataStart + source.compressedSize;
  if (dataEnd <= filled) return first.subarray(dataStart, dataEnd);
  const second = Buffer.allocUnsafeSlow(source.compressedSize);
  if ((await file.read(second, start + dataStart)) < second.length) {
    throw damaged(where, 'goes on behind the end of the archive');
  }
  return second;
}

async function inflate(packed: Buffer, source: ZipEntrySource, where: string): Promise<Buffer> {
  try {
    return await inflateRawAsync(packed, {
      maxOutputLength: Math.max(1, source.size),
      // One buffer for everything, with some spare bytes: zlib allocates another one when a buffer is full.
      chunkSize: source.size + 64,
    });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    if (code === 'Z_MEM_ERROR' || code === 'ERR_MEMORY_ALLOCATION_FAILED') {
      throw new TransientError(`${where}: not enough memory to inflate it now`, { cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw damaged(where, `cannot be inflated (${reason})`, { cause });
  }
}

function damaged(where: string, what: string, options?: ErrorOptions): PermanentError {
  return new PermanentError(
    'unreadable-entry',
    `${where}: ${what}; the archive is damaged or has changed since it was listed`,
    options,
  );
}
