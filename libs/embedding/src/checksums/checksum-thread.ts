import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { crc32 } from 'node:zlib';

export interface ChecksumRequest {
  readonly id: number;
  readonly kind: 'crc32' | 'sha256';
  readonly bytes: Uint8Array;
}

/** The bytes are transferred back to the caller. */
export interface ChecksumReply {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** A number for a CRC-32, hexadecimal digits for a SHA-256. */
  readonly value: number | string;
  readonly durationMs: number;
}

parentPort?.on('message', ({ id, kind, bytes }: ChecksumRequest) => {
  const startedMs = performance.now();
  const value = kind === 'crc32' ? crc32(bytes) : createHash('sha256').update(bytes).digest('hex');
  const reply: ChecksumReply = { id, bytes, value, durationMs: performance.now() - startedMs };
  parentPort?.postMessage(reply, bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : []);
});
