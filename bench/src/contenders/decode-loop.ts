import { createHash } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { configureSharp, preprocess } from '@cullstream/imaging';
import { openImages } from './loop.js';

export interface DecodeLoopOptions {
  readonly originals: string;
  readonly threads: number;
  /** Whether the SHA-256 of each file is computed too, as in a run. */
  readonly hashes: boolean;
}

export interface DecodeLoopResult {
  /** When each image was done, in milliseconds. */
  readonly finishedMs: readonly number[];
}

interface ThreadOptions extends DecodeLoopOptions {
  /** Index of the next image, shared by all threads. */
  readonly next: SharedArrayBuffer;
}

/** Only reads, inflates, decodes and resamples, in some threads. */
async function work({ originals, hashes, next }: ThreadOptions): Promise<number[]> {
  configureSharp({ threads: 1 });
  const { images, reader } = await openImages(originals);
  const taken = new Int32Array(next);
  const finishedMs: number[] = [];
  for (;;) {
    const image = images[Atomics.add(taken, 0, 1)];
    if (image === undefined) break;
    const { source } = image;
    const bytes = await reader.read(source);
    if (hashes) createHash('sha256').update(bytes).digest();
    await preprocess(bytes, 'exact', {
      crc32: source.kind === 'zip-entry' ? source.crc32 : undefined,
    });
    finishedMs.push(performance.timeOrigin + performance.now());
  }
  await reader.close();
  return finishedMs;
}

async function runThreads(options: DecodeLoopOptions): Promise<DecodeLoopResult> {
  const given: ThreadOptions = { ...options, next: new SharedArrayBuffer(4) };
  const finished = Array.from(
    { length: options.threads },
    () =>
      new Promise<number[]>((resolve, reject) => {
        const thread = new Worker(new URL(import.meta.url), { workerData: given });
        thread.once('message', resolve);
        thread.once('error', reject);
      }),
  );
  return { finishedMs: (await Promise.all(finished)).flat() };
}

if (isMainThread) {
  const options = JSON.parse(process.argv[2] ?? '') as DecodeLoopOptions;
  process.stdout.write(JSON.stringify(await runThreads(options)));
} else {
  parentPort?.postMessage(await work(workerData as ThreadOptions));
}
