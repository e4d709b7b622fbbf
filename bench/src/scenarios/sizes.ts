import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { PictureCost, PictureKind } from '../contenders/one-picture.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const kinds = (['png', 'jpeg'] as const).flatMap((format) =>
  [1_024, 2_048, 3_072].map((px): PictureKind => ({ format, widthPx: px, heightPx: px })),
);

/** The cost of a picture by its size and format, each in a separate process, on one thread. */
export async function sizes(bench: Bench): Promise<Measurement[]> {
  const costs = new Map<string, PictureCost[]>();
  for (let round = 0; round < bench.rounds; round++) {
    for (const kind of kinds) {
      const name = `${kind.format}_${kind.widthPx}`;
      costs.set(name, [...(costs.get(name) ?? []), await measureCost(kind)]);
    }
    bench.note(`sizes, round ${round + 1}`);
  }
  return [...costs].flatMap(([name, all]): Measurement[] => {
    const spread = (value: (cost: PictureCost) => number) => toSpread(all.map(value));
    return [
      { name: `${name}_file`, unit: 'MB', spread: spread(({ bytes }) => bytes / 1e6) },
      { name: `${name}_inflate`, unit: 'ms', spread: spread(({ inflateMs }) => inflateMs) },
      ...toEntryInflation(name, all),
      { name: `${name}_hash`, unit: 'ms', spread: spread(({ hashMs }) => hashMs) },
      { name: `${name}_decode`, unit: 'ms', spread: spread(({ decodeMs }) => decodeMs) },
      ...toZlibRatio(name, all),
      { name: `${name}_resample`, unit: 'ms', spread: spread(({ resampleMs }) => resampleMs) },
      { name: `${name}_peak_rss`, unit: 'MB', spread: spread(({ peakBytes }) => peakBytes / 1e6) },
    ];
  });
}

/** The deflated file, as an entry of an archive: by Node's zlib, which is used, and by the kernel. */
function toEntryInflation(name: string, costs: readonly PictureCost[]): Measurement[] {
  const zlib = costs.map(({ entryZlibMs }) => entryZlibMs);
  const kernel = costs.map(({ entryKernelMs }) => entryKernelMs);
  return [
    { name: `${name}_entry_zlib`, unit: 'ms', spread: toSpread(zlib) },
    { name: `${name}_entry_kernel`, unit: 'ms', spread: toSpread(kernel) },
    { name: `${name}_entry_zlib_vs_kernel`, unit: 'ratio', spread: toRatio(zlib, kernel) },
  ];
}

/** How many times the time of the kernel Node's zlib takes to inflate the pixels. */
function toZlibRatio(name: string, costs: readonly PictureCost[]): Measurement[] {
  const known = costs.flatMap(({ zlibMs, decodeMs }) =>
    zlibMs === undefined ? [] : [zlibMs / decodeMs],
  );
  return known.length === 0
    ? []
    : [{ name: `${name}_zlib_vs_kernel`, unit: 'ratio', spread: toSpread(known) }];
}

async function measureCost(kind: PictureKind): Promise<PictureCost> {
  const script = fileURLToPath(new URL('../contenders/one-picture.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [script, JSON.stringify(kind)]);
  return JSON.parse(stdout) as PictureCost;
}
