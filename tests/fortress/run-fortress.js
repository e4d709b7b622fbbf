import { program } from '@commander-js/extra-typings';
import { runTests } from '../support/run-tests.js';

/** Runs every input of the fortress; see docs/reliability.md. */

const { only } = program
  .name('npm run fortress --')
  .description(
    'Gives hostile archives, folders, images, weights, inventories and databases to the programs that read them, ' +
      'each in a process of its own, and compares what it says, its time and its memory with what is expected.',
  )
  .option('--only <text>', 'inputs whose names contain this text', '')
  .parse()
  .opts();

runTests('tests/fortress', { FORTRESS_ALL: '1', FORTRESS_ONLY: only });
