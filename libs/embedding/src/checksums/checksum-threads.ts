import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { crc32 } from 'node:zlib';
import { TransientError } from '@cullstream/contracts';
import { toOwnMemory } from '../own-memory.js';
import type { ChecksumReply, ChecksumRequest } from './checksum-thread.js';

const require = createRequire(import.meta.url);

/**
 * Checksums of encoded images, computed in separate threads, so that the thread that talks to the
 * broker stays free. The bytes are transferred and come back in the answer. Those of small images
 * are computed in the calling thread, which is cheaper.
 */
export interface ChecksumThreads {
  /** @throws {TransientError} when the thread ended meanwhile */
  crc32(bytes: Uint8Array): Promise<{ bytes: Uint8Array; crc32: number }>;
  /**
   * @returns also how long the computation took
   * @throws {TransientError} when the thread ended meanwhile
   */
  sha256(bytes: Uint8Array): Promise<{ bytes: Uint8Array; sha256: string; durationMs: number }>;
  close(): Promise<void>;
}

/** @param count maximum number of threads; each is started when it is needed */
export function createChecksumThreads(count: number): ChecksumThreads {
  const threads = Array.from({ length: count }, () => new ChecksumThread());
  const ask = (kind: ChecksumRequest['kind'], bytes: Uint8Array) =>
    threads
      .reduce((least, thread) => (thread.pending < least.pending ? thread : least))
      .ask(kind, bytes);
  const isSmall = (bytes: Uint8Array) => toOwnMemory(bytes).length === 0;
  return {
    async crc32(bytes) {
      if (isSmall(bytes)) return { bytes, crc32: crc32(bytes) };
      const reply = await ask('crc32', bytes);
      return { bytes: reply.bytes, crc32: Number(reply.value) };
    },
    async sha256(bytes) {
      if (isSmall(bytes)) return hashHere(bytes);
      const reply = await ask('sha256', bytes);
      return { bytes: reply.bytes, sha256: String(reply.value), durationMs: reply.durationMs };
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

function hashHere(bytes: Uint8Array) {
  const startedMs = performance.now();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { bytes, sha256, durationMs: performance.now() - startedMs };
}

interface Waiting {
  resolve(reply: ChecksumReply): void;
  reject(error: Error): void;
}

class ChecksumThread {
  #thread: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 0;

  get pending(): number {
    return this.#waiting.size;
  }

  ask(kind: ChecksumRequest['kind'], bytes: Uint8Array): Promise<ChecksumReply> {
    this.#thread ??= this.#start();
    const thread = this.#thread;
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      const request: ChecksumRequest = { id, kind, bytes };
      thread.postMessage(request, toOwnMemory(bytes));
    });
  }

  async stop(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(require.resolve('@cullstream/embedding/checksum-thread'), {
      // Without this process's flags: conditions of a test runner must not apply in the thread.
      execArgv: [],
    });
    thread.on('message', (reply: ChecksumReply) => {
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      waiting?.resolve(reply);
    });
    // The next image starts another thread.
    thread.on('error', (cause) => this.#end(cause));
    thread.on('exit', () => this.#end(undefined));
    return thread;
  }

  #end(cause: unknown): void {
    this.#thread = undefined;
    const error = new TransientError('a thread for checksums ended', { cause });
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}
