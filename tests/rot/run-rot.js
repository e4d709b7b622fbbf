import { Option, program } from '@commander-js/extra-typings';
import { toSeeds } from '@cullstream/testing/option-values';
import { runTests } from '../support/run-tests.js';

/** Damages files of finished runs by seed, one after the other; see docs/reliability.md. */

const { seeds, tell } = program
  .name('npm run rot --')
  .description(
    'Damages files of a data folder: bits are flipped, ends cut off, pieces overwritten with zeros. Then `verify` ' +
      'looks, `verify --repair` and `run` make up for it, and everything is compared with the undamaged folder. ' +
      'The same seed gives the same damage.',
  )
  .addOption(
    new Option('--seeds <list>', 'which damages: 1-20, or 3,5,8')
      .argParser(toSeeds)
      .default(toSeeds('1-20'), '1-20'),
  )
  .option('--tell', 'print what was damaged and what was said of it')
  .parse()
  .opts();

runTests('tests/rot', { ROT_SEEDS: seeds.join(','), ROT_TELL: tell === true ? '1' : '0' });
