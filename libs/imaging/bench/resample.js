// Milliseconds of decoding and resampling by image size, medians of several rounds.
// Run after a build: npm run bench:resample -w @cullstream/imaging
import { Buffer } from 'node:buffer';
import console from 'node:console';
import { performance } from 'node:perf_hooks';
import sharp from 'sharp';
import { configureSharp, decodeRgb, preprocess, resampleExact } from '../dist/index.js';

const SIZES = [
  [1024, 1024],
  [2048, 2048],
  [3072, 3072],
  [4000, 3000],
];
const ROUNDS = 9;

/** Shapes with a little noise: compresses and filters about as generated pictures do. */
async function picture(width, height) {
  const small = Buffer.from(
    Array.from({ length: 48 * 48 * 3 }, (_, at) => Math.imul(at, 2_654_435_761) >>> 24),
  );
  const shapes = await sharp(small, { raw: { width: 48, height: 48, channels: 3 } })
    .resize(width, height, { kernel: 'cubic' })
    .raw()
    .toBuffer();
  let state = 1;
  for (let at = 0; at < shapes.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    shapes[at] = Math.min(255, shapes[at] + (state >>> 29));
  }
  return sharp(shapes, { raw: { width, height, channels: 3 } });
}

async function median(run) {
  const times = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[ROUNDS >> 1].toFixed(1);
}

configureSharp({ threads: 1 });
const rows = [];
for (const [width, height] of SIZES) {
  const image = await picture(width, height);
  const png = await image.clone().png({ adaptiveFiltering: true }).toBuffer();
  const jpeg = await image.clone().jpeg({ quality: 90 }).toBuffer();
  const { pixels } = await decodeRgb(png);
  rows.push({
    size: `${width}x${height}`,
    'png MB': (png.length / 1e6).toFixed(1),
    'sharp decode png': await median(() => decodeRgb(png)),
    'sharp decode jpeg': await median(() => decodeRgb(jpeg)),
    resample: await median(() => resampleExact(pixels, width, height)),
    'png exact': await median(() => preprocess(png, 'exact')),
    'jpeg exact': await median(() => preprocess(jpeg, 'exact')),
    'png fast': await median(() => preprocess(png, 'fast')),
    'jpeg fast': await median(() => preprocess(jpeg, 'fast')),
  });
}
console.table(rows);
