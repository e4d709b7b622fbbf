import { parseArgs } from 'node:util';
import { runTests } from '../support/run-tests.js';

/** Runs every input of the fortress; see docs/reliability.md. */

const help = `Gives hostile archives, folders, images, weights, inventories and databases to the programs that read them, each
in a process of its own, and compares what it says, its time and its memory with what is expected.

  npm run fortress -- [--only TEXT]

  --only  inputs whose names contain this text`;

const { values } = parseArgs({
  options: { only: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});

if (values.help) {
  console.log(help);
} else {
  runTests('tests/fortress', { FORTRESS_ALL: '1', FORTRESS_ONLY: values.only ?? '' });
}
