import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { makeNoise } from './make-noise.js';
import { preprocess } from '../src/preprocess.js';

const built = new URL('../dist/index.js', import.meta.url);

const program = `
  import { parentPort } from 'node:worker_threads';
  import { preprocess } from ${JSON.stringify(built.href)};
  parentPort.on('message', async (bytes) => {
    const { pixels } = await preprocess(bytes, 'exact');
    parentPort.postMessage(pixels, [pixels.buffer]);
    parentPort.close();
  });
`;

function preprocessInWorker(bytes: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const entry = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    // Without the arguments of the test runner, which would resolve packages to their TypeScript sources.
    const worker = new Worker(entry, { execArgv: [] });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.postMessage(bytes);
  });
}

describe.skipIf(!existsSync(built))('in worker threads', () => {
  test('several at once give the pixels of this thread, transferable', async () => {
    const raw = { width: 500, height: 400, channels: 3 } as const;
    const image = sharp(makeNoise(500 * 400 * 3, 4), { raw });
    const files = [await image.clone().png().toBuffer(), await image.clone().jpeg().toBuffer()];
    const inWorkers = await Promise.all(files.map(preprocessInWorker));
    for (const [at, bytes] of files.entries()) {
      const { pixels } = await preprocess(bytes, 'exact');
      expect(Buffer.compare(inWorkers[at] ?? Buffer.alloc(0), pixels)).toBe(0);
    }
  });
});
