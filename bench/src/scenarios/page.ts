import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@cullstream/broker';
import { makeBenchModels } from '../contenders/bench-models.js';
import { coldRun } from '../contenders/cold-run.js';
import { lookAtGallery } from '../contenders/look-at-gallery.js';
import { makePictureArchive } from '../corpus/picture-archive.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import { steadyRate } from '../measure/steady-rate.js';
import type { Bench, Measurement } from './measurement.js';

/** How much a gallery that is scrolled continuously slows down the run that it shows. */
export async function pageRuns(bench: Bench): Promise<Measurement[]> {
  const models = await makeBenchModels(bench.corpus);
  const originals = await makePictureArchive(bench.corpus, bench.pictures);
  const rates = { alone: [] as number[], looked: [] as number[] };
  const pictures: number[] = [];
  const run = async (isLookedAt: boolean): Promise<void> => {
    rmSync(join(bench.corpus, 'cache/thumbnails'), { recursive: true, force: true });
    const port = await freePort();
    const ending = new AbortController();
    const looking = isLookedAt
      ? lookAtGallery(`http://127.0.0.1:${port}/`, ending.signal)
      : Promise.resolve(undefined);
    const { finishedMs } = await coldRun(bench, originals, models, [
      ...['--page', 'on', '--page-port', String(port)],
    ]).finally(() => ending.abort());
    const seen = await looking;
    if (seen !== undefined) pictures.push(seen);
    rates[isLookedAt ? 'looked' : 'alone'].push(steadyRate(finishedMs));
  };
  for (let round = 0; round < bench.rounds; round += 1) {
    // The order changes, so that a machine that becomes slower favours neither.
    const order = round % 2 === 0 ? [false, true] : [true, false];
    for (const isLookedAt of order) await run(isLookedAt);
    const [alone, looked] = [rates.alone.at(-1) ?? NaN, rates.looked.at(-1) ?? NaN];
    bench.note(
      `page, round ${round + 1}: ${alone.toFixed(1)} and ${looked.toFixed(1)} images/s, ${pictures.at(-1) ?? 0} pictures`,
    );
  }
  return [
    { name: 'page_open', unit: 'images/s', spread: toSpread(rates.alone) },
    { name: 'gallery_scrolled', unit: 'images/s', spread: toSpread(rates.looked) },
    {
      name: 'gallery_scrolled_vs_page_open',
      unit: 'ratio',
      spread: toRatio(rates.looked, rates.alone),
    },
  ];
}
