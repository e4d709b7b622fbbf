import { availableParallelism } from 'node:os';
import { drawPicture } from '@cullstream/examples';
import { configureSharp, preprocess } from '@cullstream/imaging';

export interface JpegPoolOptions {
  readonly jpegs: number;
}

export interface JpegPoolResult {
  readonly imagesPerSecond: number;
}

const SIDE_PX = 2_048;

/**
 * Decodes and resamples JPEGs of 4 megapixels, two for each core at once. libvips decodes in
 * libuv's pool of threads; `UV_THREADPOOL_SIZE` sets how many there are.
 */
async function measure({ jpegs }: JpegPoolOptions): Promise<JpegPoolResult> {
  configureSharp({ threads: 1 });
  const size = { widthPx: SIDE_PX, heightPx: SIDE_PX };
  const jpeg = await drawPicture({ ...size, scene: 3, variant: 0, format: 'jpeg' });
  await preprocess(jpeg, 'exact');
  let left = jpegs;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await preprocess(jpeg, 'exact');
    }
  };
  const fromMs = performance.now();
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return { imagesPerSecond: (jpegs * 1_000) / (performance.now() - fromMs) };
}

process.stdout.write(
  JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '') as JpegPoolOptions)),
);
