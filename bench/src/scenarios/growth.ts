import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeCachedCatalogue } from '../corpus/cached-catalogue.js';
import { runCommand } from '../contenders/cullstream-command.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';
import { checkTotals, warmCommand } from './warm.js';

const PROJECTS = 21;
const SMALL = 1_000;
const MIDDLE = 20_000;
const commands = ['plan', 'run', 'status', 'verify'] as const;
type Seconds = Readonly<Record<(typeof commands)[number], number>>;

/**
 * Whether an image costs the same in a large archive as in a small one: the time that each further
 * image adds to a whole command, above 20,000 images compared with below. The time to start the
 * command cancels out.
 */
export async function growth(bench: Bench): Promise<Measurement[]> {
  const most = Math.max(bench.cached, 2 * MIDDLE);
  const measured: Measurement[] = [];
  const small = await secondsOver(SMALL, bench);
  const middle = await secondsOver(MIDDLE, bench);
  const large = await secondsOver(most, bench);
  for (const name of commands) {
    const early = perThousand(middle[name] - small[name], MIDDLE - SMALL);
    const late = perThousand(large[name] - middle[name], most - MIDDLE);
    measured.push(
      { name: `${name}_over_${most}`, unit: 's', spread: toSpread([large[name]]) },
      { name: `${name}_a_thousand_up_to_${MIDDLE}`, unit: 'ms', spread: toSpread([early]) },
      { name: `${name}_a_thousand_beyond`, unit: 'ms', spread: toSpread([late]) },
    );
  }
  return measured;
}

function perThousand(seconds: number, images: number): number {
  return (seconds * 1e6) / images;
}

async function secondsOver(images: number, bench: Bench): Promise<Seconds> {
  const catalogue = await makeCachedCatalogue(bench.corpus, images, PROJECTS);
  const data = join(bench.scratch, 'growth');
  rmSync(data, { recursive: true, force: true });
  cpSync(catalogue.data, data, { recursive: true });
  const plan = await warmCommand('plan', catalogue, data);
  const run = await warmCommand('run', catalogue, data);
  checkTotals('the run', run, images);
  const status = await runCommand(['status', '--data', data]);
  const verify = await runCommand([
    ...['verify', '--data', data, '--originals', catalogue.originals],
  ]);
  bench.note(`growth, ${images} images: run ${run.seconds.toFixed(1)} s`);
  return {
    plan: plan.seconds,
    run: run.seconds,
    status: status.seconds,
    verify: verify.seconds,
  };
}
