import { drawPicture } from '@cullstream/examples';
import sharp, { type Region } from 'sharp';
import { toCpuMs } from '../measure/cpu-ms.js';
import { toSpread } from '../measure/statistics.js';

export interface JpegRowsOptions {
  /** Whether the JPEG has progressive scans. */
  readonly progressive: boolean;
}

/** Median milliseconds of processor time. */
export interface JpegRowsResult {
  readonly wholeMs: number;
  /** For the centre square alone, which is all that the model sees. */
  readonly neededMs: number;
}

const [WIDTH_PX, HEIGHT_PX] = [3_000, 4_000];
const REPEATS = 9;
const square = { left: 0, top: (HEIGHT_PX - WIDTH_PX) / 2, width: WIDTH_PX, height: WIDTH_PX };

/** Decodes a JPEG of 12 megapixels in portrait format, and only what is needed of it, in turns. */
async function measure({ progressive }: JpegRowsOptions): Promise<JpegRowsResult> {
  sharp.cache(false);
  sharp.concurrency(1);
  const size = { widthPx: WIDTH_PX, heightPx: HEIGHT_PX };
  const drawn = await drawPicture({ ...size, scene: 3, variant: 0, format: 'jpeg' });
  const jpeg = progressive ? await sharp(drawn).jpeg({ progressive }).toBuffer() : drawn;
  const decode = async (region?: Region) => {
    const from = process.cpuUsage();
    const image = region === undefined ? sharp(jpeg) : sharp(jpeg).extract(region);
    const pixels = await image.raw().toBuffer();
    return { pixels, ms: toCpuMs(from) };
  };
  const [whole, needed]: [number[], number[]] = [[], []];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    const [all, part] = [await decode(), await decode(square)];
    const from = square.top * WIDTH_PX * 3;
    if (!all.pixels.subarray(from, from + part.pixels.length).equals(part.pixels)) {
      throw new Error('the needed rows have other pixels where they are decoded alone');
    }
    whole.push(all.ms);
    needed.push(part.ms);
  }
  return { wholeMs: toSpread(whole).median, neededMs: toSpread(needed).median };
}

process.stdout.write(
  JSON.stringify(await measure(JSON.parse(process.argv[2] ?? '') as JpegRowsOptions)),
);
