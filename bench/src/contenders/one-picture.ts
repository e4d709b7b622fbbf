import { createHash } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { deflateRawSync, inflateRaw, inflateRawSync, inflateSync } from 'node:zlib';
import { peakResidentBytes } from '@cullstream/inference';
import { preprocess } from '@cullstream/imaging';
import { drawPicture, type Picture } from '@cullstream/examples';
import { readImageData } from '../corpus/read-image-data.js';
import { toSpread } from '../measure/statistics.js';
import { toCpuMs } from '../measure/cpu-ms.js';
import { prepareKernel } from './kernel-inflate.js';

export type PictureKind = Pick<Picture, 'widthPx' | 'heightPx' | 'format'>;

/** The time that one thread takes for one picture, down to 224 by 224 pixels. */
export interface PictureCost {
  /** Size of the file. */
  readonly bytes: number;
  readonly inflateMs: number;
  /** Processor time that Node's zlib takes to inflate the deflated file in this thread. */
  readonly entryZlibMs: number;
  /** The time that the kernel takes for the same. */
  readonly entryKernelMs: number;
  readonly hashMs: number;
  /** For a PNG: the time to inflate its pixels in the kernel. */
  readonly decodeMs: number;
  /** For a PNG: the time that Node's zlib takes to inflate the same pixels. */
  readonly zlibMs: number | undefined;
  readonly resampleMs: number;
  /** The peak resident memory of the process. */
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
    // Read at once, like entries of archives.
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
  const peakBytes = peakResidentBytes();
  return {
    bytes: bytes.length,
    ...measureEntry(bytes, deflated),
    inflateMs: toSpread(samples.inflate).median,
    hashMs: toSpread(samples.hash).median,
    decodeMs: toSpread(samples.decode).median,
    zlibMs: pixels === undefined ? undefined : toSpread(zlib).median,
    resampleMs: toSpread(samples.resample).median,
    peakBytes,
  };
}

/** Processor time to inflate the deflated file into a new buffer, in turns. */
function measureEntry(
  bytes: Buffer,
  deflated: Buffer,
): Pick<PictureCost, 'entryZlibMs' | 'entryKernelMs'> {
  const inflateInKernel = prepareKernel(deflated, bytes.length);
  const [zlib, kernel]: [number[], number[]] = [[], []];
  for (let repeat = 0; repeat < REPEATS; repeat++) {
    let from = process.cpuUsage();
    inflateRawSync(deflated, { chunkSize: bytes.length + 64 });
    zlib.push(toCpuMs(from));
    from = process.cpuUsage();
    const inflated = Buffer.from(inflateInKernel());
    kernel.push(toCpuMs(from));
    if (!bytes.equals(inflated)) throw new Error('the kernel inflates other bytes');
  }
  return { entryZlibMs: toSpread(zlib).median, entryKernelMs: toSpread(kernel).median };
}

const cost = await measure(JSON.parse(process.argv[2] ?? '') as PictureKind);
process.stdout.write(JSON.stringify(cost));
