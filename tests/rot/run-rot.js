import { parseArgs } from 'node:util';
import { runTests } from '../support/run-tests.js';
import { toSeeds } from '../support/to-seeds.js';

/** Damages files of finished runs by seed, one after the other; see docs/reliability.md. */

const help = `Damages files of a data folder: bits are flipped, ends cut off, pieces overwritten with zeros. Then
\`verify\` looks, \`verify --repair\` and \`run\` make up for it, and everything is compared with the undamaged folder.
The same seed gives the same damage.

  npm run rot -- [--seeds 1-20 | --seeds 3,5,8] [--tell]

  --seeds  which damages (default: 1-20)
  --tell   print what was damaged and what was said of it`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-20' },
    tell: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

if (values.help) {
  console.log(help);
} else {
  runTests('tests/rot', {
    ROT_SEEDS: toSeeds(values.seeds).join(','),
    ROT_TELL: values.tell ? '1' : '0',
  });
}
