import type { FileHandle } from 'node:fs/promises';
import { NotRegularFileError, openRegularFile } from '@cullstream/files';
import { MalformedCheckpoint } from './checkpoint-error.js';

/** The most bytes read at once: larger than any tensor of CLIP, smaller than Node's own limit. */
const MAX_READ_BYTES = 2 ** 30;

/** A file read by range. Each range is checked against the real size before memory is allocated. */
export interface CheckpointFile {
  readonly fd: number;
  readonly sizeBytes: number;
  /**
   * Newly allocated memory with the `length` bytes at `position`. Throws MalformedCheckpoint
   * outside the file.
   */
  read(position: number, length: number): Promise<Buffer>;
  close(): Promise<void>;
}

export async function openCheckpointFile(path: string): Promise<CheckpointFile> {
  const { handle, facts } = await openRegularFile(path).catch((cause: unknown) => {
    throw cause instanceof NotRegularFileError
      ? new MalformedCheckpoint('not a file', { cause })
      : cause;
  });
  return {
    fd: handle.fd,
    sizeBytes: facts.size,
    read: (position, length) => readRange(handle, facts.size, position, length),
    close: () => handle.close(),
  };
}

async function readRange(
  handle: FileHandle,
  sizeBytes: number,
  position: number,
  length: number,
): Promise<Buffer> {
  const inside =
    Number.isSafeInteger(position) &&
    Number.isSafeInteger(length) &&
    position >= 0 &&
    length >= 0 &&
    position + length <= sizeBytes;
  if (!inside) {
    throw new MalformedCheckpoint(
      `claims ${length} bytes at ${position}, but the file ends at ${sizeBytes}: it is truncated or damaged`,
    );
  }
  if (length > MAX_READ_BYTES) {
    throw new MalformedCheckpoint(`one tensor of ${length} bytes is more than is supported`);
  }
  // Not allocated from Node's buffer pool: a float32 view needs an aligned start.
  const buffer = Buffer.from(new ArrayBuffer(length));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, position + done);
    if (bytesRead === 0) throw new MalformedCheckpoint('the file became shorter while it was read');
    done += bytesRead;
  }
  return buffer;
}
