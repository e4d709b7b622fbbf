import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { deflateRawSync, inflateRaw, inflateSync } from 'node:zlib';
import { peakResidentBytes } from '@cullstream/embedding';
import { preprocess } from '@cullstream/imaging';
import { drawPicture, type Picture } from '@cullstream/examples';
import { readImageData } from '../corpus/read-image-data.js';
import { toSpread } from '../measure/statistics.js';

export type PictureKind = Pick<Picture, 'widthPx' | 'heightPx' | 'format'>;

/** What one picture takes of one thread on its way to 224 by 224 pixels. */
export interface PictureCost {
  /** Of the file. */
  readonly bytes: number;
  readonly inflateMs: number;
  readonly hashMs: number;
  /** Of a PNG: inflating its pixels in the kernel. */
  readonly decodeMs: number;
  /** Of a PNG: what Node's zlib takes to inflate the same pixels. */
  readonly zlibMs: number | undefined;
  readonly resampleMs: number;
  /** The most resident memory of the process that did it. */
  readonly peakBytes: number;
}

const REPEATS = 9;

async function measure(kind: PictureKind): Promise<PictureCost> {
  const bytes = await drawPicture({ ...kind, scene: 3, variant: 0 });
  const deflated = deflateRawSync(bytes);
  const samples = {
    inflate: new Array<number>(),
    hash: new Array<number>(),
    decode: new Array<number>(),
    resample: new Array<number>(),
  };
  const pixels = kind.format === 'png' ? readImageData(bytes) : undefined;
  const zlib: number[] = [];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    let fromMs = performance.now();
    // In one piece, as entries of archives are read.
    await promisify(inflateRaw)(deflated, { chunkSize: bytes.length + 64 });
    samples.inflate.push(performance.now() - fromMs);
    fromMs = performance.now();
    createHash('sha256').update(bytes).digest();
    samples.hash.push(performance.now() - fromMs);
    if (pixels !== undefined) {
      fromMs = performance.now();
      inflateSync(pixels, { chunkSize: kind.heightPx * (kind.widthPx * 4 + 1) });
      zlib.push(performance.now() - fromMs);
    }
    await preprocess(bytes, 'exact', { onStage: (stage, ms) => samples[stage].push(ms) });
  }
  return {
    bytes: bytes.length,
    inflateMs: toSpread(samples.inflate).median,
    hashMs: toSpread(samples.hash).median,
    decodeMs: toSpread(samples.decode).median,
    zlibMs: pixels === undefined ? undefined : toSpread(zlib).median,
    resampleMs: toSpread(samples.resample).median,
    peakBytes: peakResidentBytes(),
  };
}

const cost = await measure(JSON.parse(process.argv[2] ?? '') as PictureKind);
process.stdout.write(JSON.stringify(cost));
