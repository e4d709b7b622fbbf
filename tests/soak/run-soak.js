import { program } from '@commander-js/extra-typings';
import { toCount, toPositive } from '@cullstream/testing/option-values';
import { runTests } from '../support/run-tests.js';

/** Works batches for a long time and looks for what grows; see docs/reliability.md. */

const { minutes, groups, brokerMemory, out } = program
  .name('npm run soak --')
  .description(
    'Works batches at services that keep running: new images, images of the cache, replays. Meanwhile the memory, ' +
      'open files and threads of each process, the disk and the waiting messages are sampled. At the end nothing ' +
      'may have grown. Linux only.',
  )
  .option('--minutes <number>', 'how long', toPositive, 60)
  .option('--groups <number>', 'groups of three images in each project', toCount, 60)
  .option(
    '--broker-memory <size>',
    'above this the broker collects garbage more often; it is no limit',
    '96MiB',
  )
  .option('--out <folder>', 'for soak.json and the plots', 'reports/soak')
  .parse()
  .opts();

runTests('tests/soak/soak.test.ts', {
  SOAK_MINUTES: String(minutes),
  SOAK_GROUPS: String(groups),
  SOAK_OUT: out,
  // What it has not collected yet would look like growth.
  GOMEMLIMIT: brokerMemory,
});
