import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LocateReply } from './locate-final.js';
import type { LocateRequest, LocateThreadOptions } from './locate-thread.js';

const require = createRequire(import.meta.url);

/** Threads that read, decode and compare, one pair of images in each at a time. */
export interface LocateThreads {
  /**
   * Does `work` for every item in order, for as many at a time as there are threads.
   * @param work uses its thread
   */
  forEach<T>(
    items: Iterable<T>,
    work: (item: T, locate: (request: LocateRequest) => Promise<LocateReply>) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
}

/** @param count number of threads; by default the number of cores */
export function startLocateThreads(
  options: LocateThreadOptions,
  count = availableParallelism(),
): LocateThreads {
  const threads = Array.from(
    { length: count },
    () =>
      new Worker(require.resolve('@cullstream/truth/locate-thread'), {
        execArgv: [],
        workerData: options,
      }),
  );
  return {
    async forEach(items, work) {
      const waiting = items[Symbol.iterator]();
      await Promise.all(
        threads.map(async (thread) => {
          const locate = (request: LocateRequest) => ask(thread, request);
          for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
            await work(next.value, locate);
          }
        }),
      );
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}

async function ask(thread: Worker, request: LocateRequest): Promise<LocateReply> {
  const answered = once(thread, 'message');
  thread.postMessage(request);
  const [reply] = (await answered) as [LocateReply];
  return reply;
}
