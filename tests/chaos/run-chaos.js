import { Option, program } from '@commander-js/extra-typings';
import { toCount, toSeeds } from '@cullstream/testing/option-values';
import { runTests } from '../support/run-tests.js';

/** Runs seeded schedules of faults one after the other; see docs/reliability.md. */

const { seeds, images, cluster, tell } = program
  .name('npm run chaos --')
  .description(
    'Runs a batch of small images while a schedule of faults happens to it, and compares what it leaves with an ' +
      'undisturbed run. The same seed gives the same schedule. Linux only; as root, the disk is filled as well; ' +
      "with libfaketime (Debian's package), the clock is moved as well.",
  )
  .addOption(
    new Option('--seeds <list>', 'which schedules: 1-20, or 3,5,8')
      .argParser(toSeeds)
      .default(toSeeds('1-20'), '1-20'),
  )
  .option('--images <number>', 'how many images, about', toCount, 540)
  .option(
    '--cluster',
    'a run at a cluster of three brokers, which are killed, suspended and cut off from each other, and whose ' +
      'files are damaged; as root only',
  )
  .option('--tell', 'print what was done to each run')
  .parse()
  .opts();

runTests(cluster === true ? 'tests/cluster' : 'tests/chaos', {
  CHAOS_SEEDS: seeds.join(','),
  CHAOS_IMAGES: String(images),
  CHAOS_TELL: tell === true ? '1' : '0',
});
