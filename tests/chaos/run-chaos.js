import { parseArgs } from 'node:util';
import { runTests } from '../support/run-tests.js';
import { toSeeds } from '../support/to-seeds.js';

/** Runs seeded schedules of faults one after the other; see docs/reliability.md. */

const help = `Runs a batch of small images while a schedule of faults happens to it, and compares what it leaves with an
undisturbed run. The same seed gives the same schedule. Linux only; as root, the disk is filled as well; with libfaketime
(Debian's package), the clock is moved as well.

  npm run chaos -- [--seeds 1-20 | --seeds 3,5,8] [--images 540] [--cluster] [--tell]

  --seeds    which schedules (default: 1-20)
  --images   how many images, about (default: 540)
  --cluster  a run at a cluster of three brokers, which are killed, suspended and cut off from each other, and whose
             files are cut; as root only
  --tell     print what was done to each run`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-20' },
    images: { type: 'string', default: '540' },
    cluster: { type: 'boolean', default: false },
    tell: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  const tests = values.cluster ? 'tests/cluster' : 'tests/chaos';
  runTests(tests, {
    CHAOS_SEEDS: toSeeds(values.seeds).join(','),
    CHAOS_IMAGES: values.images,
    CHAOS_TELL: values.tell ? '1' : '0',
  });
}
