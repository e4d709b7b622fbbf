// First: everything else is to find the simulated machine in place.
import './machine/install.js';
import { parseArgs } from 'node:util';

const help = `Runs all services in one process on a simulated machine, with virtual time and a model of nats-server, while
faults happen to them, and compares what each run leaves with a run without faults. The same seed always does the same.

  npm run simulate -- [--seeds 1-1000] [--workers 2] [--extractors 2]
  npm run simulate -- --seed 7 [--faults JSON] [--extractors 2]

  --seeds       which seeds (default: 1-200)
  --workers     processes that share them (default: the number of cores)
  --seed        one seed: prints its faults and everything that happens
  --faults      instead of the faults of the seed, as a failure prints them
  --extractors  2: two that share the projects, as in a deployment (default: 1)`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1-200' },
    workers: { type: 'string' },
    seed: { type: 'string' },
    faults: { type: 'string' },
    extractors: { type: 'string', default: '1' },
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const extractors = Number(values.extractors);

if (values.help) console.log(help);
else if (values.worker) await (await import('./work.js')).work(extractors);
else if (values.seed !== undefined) {
  const { tellSeed } = await import('./work.js');
  process.exitCode = await tellSeed(Number(values.seed), values.faults, extractors);
} else {
  const { checkAll } = await import('./check-all.js');
  process.exitCode = await checkAll(values.seeds, values.workers, extractors);
}
