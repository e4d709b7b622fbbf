import { parseArgs } from 'node:util';
import { runTests } from '../support/run-tests.js';

/** Works batches for a long time and looks for what grows; see docs/reliability.md. */

const help = `Works batches at services that keep running: new images, images of the cache, replays. Meanwhile the memory,
open files and threads of each process, the disk and the waiting messages are sampled. At the end nothing may have grown.
Linux only.

  npm run soak -- [--minutes 60] [--groups 60] [--broker-memory 96MiB] [--out docs/reliability]

  --minutes        how long (default: 60)
  --groups         groups of three images in each project (default: 60)
  --broker-memory  above this the broker collects garbage more often; it is no limit (default: 96MiB)
  --out            folder for soak.json and the plots (default: reports/soak)`;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    groups: { type: 'string', default: '60' },
    out: { type: 'string', default: 'reports/soak' },
    'broker-memory': { type: 'string', default: '96MiB' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/**
 * @param {string} name
 * @param {string} text
 */
function toPositive(name, text) {
  if (!(Number(text) > 0)) throw new Error(`--${name}: ${text} is no number above 0`);
  return text;
}

if (values.help) {
  console.log(help);
} else {
  runTests('tests/soak/soak.test.ts', {
    SOAK_MINUTES: toPositive('minutes', values.minutes),
    SOAK_GROUPS: toPositive('groups', values.groups),
    SOAK_OUT: values.out,
    // What it has not collected yet would look like growth.
    GOMEMLIMIT: values['broker-memory'],
  });
}
