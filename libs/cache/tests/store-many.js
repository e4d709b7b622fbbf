// Started by shared-cache.test.ts as a process of its own: stores images `from` to `to`, then exits.
import { createHash } from 'node:crypto';
import process from 'node:process';
import { openEmbeddingCache } from '@cullstream/cache';

const [dataDir, recipeJson, from, to] = process.argv.slice(2);
const log = { warn: (fields, message) => process.stderr.write(`${message}\n`) };
const cache = await openEmbeddingCache({ dataDir, recipe: JSON.parse(recipeJson), log });
process.stdout.write(`${cache.stats().folder}\n`);
for (let number = Number(from); number < Number(to); number++) {
  await cache.store({
    alias: { project: 'dalia', entry: `${process.pid}/${number}.png`, size: number, crc32: number },
    sha256: createHash('sha256').update(`image ${number}`).digest('hex'),
    widthPx: number + 1,
    heightPx: 1,
    vector: new Float32Array(512).fill(number),
    run: '20260131T094500Z-k3x9',
    origin: 'computed',
  });
}
