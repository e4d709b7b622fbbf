import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Runs seeded schedules of faults one after the other; see docs/reliability.md. */

const help = `Runs a batch of 540 small images while a schedule of faults happens to it, and compares what it leaves with
an undisturbed run. The same seed gives the same schedule. Linux only; as root, the disk is filled as well.

  npm run chaos -- [--seeds 1-20 | --seeds 3,5,8] [--tell]

  --seeds  which schedules (default: 1-20)
  --tell   print what was done to each run`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-20' },
    tell: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** @param {string} text such as `1-20` or `3,5,8` */
function toSeeds(text) {
  return text.split(',').flatMap((part) => {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (first === undefined)
      throw new Error(`--seeds: ${part} is no number and no range like 1-20`);
    const count = Math.max(0, Number(last) - Number(first) + 1);
    return Array.from({ length: count }, (_unused, index) => Number(first) + index);
  });
}

if (values.help) {
  console.log(help);
} else {
  const environment = {
    CHAOS_SEEDS: toSeeds(values.seeds).join(','),
    CHAOS_TELL: values.tell ? '1' : '0',
  };
  const { status } = spawnSync('npx', ['vitest', 'run', 'tests/chaos'], {
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  process.exitCode = status ?? 1;
}
