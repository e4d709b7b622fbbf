// First: everything else is to find the simulated machine in place.
import './machine/install.js';
import { parseArgs } from 'node:util';
import { ingredientOptions, toIngredients } from './ingredients.js';

const help = `Runs all services in one process on a simulated machine, with virtual time and a model of nats-server, while
faults happen to them, and compares what each run leaves with a run without faults. The same seed always does the same.

  npm run simulate -- [--seeds 1-1000] [--workers 2] [ingredients]
  npm run simulate -- --seed 7 [--faults JSON] [ingredients]

  --seeds       which seeds (default: 1-200)
  --workers     processes that share them (default: the number of cores)
  --seed        one seed: prints its faults and everything that happens
  --faults      instead of the faults of the seed, as a failure prints them

Ingredients, which may be combined. With others, a seed stands for other faults.
  --extractors  2: two that share the projects, as in a deployment (default: 1)
  --writers     2: two that share the projects; all services are deployed ones then, which outlive the command (default: 1)
  --vectors     packed: embeddings are stored many in a file (default: files)
  --bytes       object-store: embedders take images through a bucket of the broker (default: originals)
  --pauses      the run is paused, resumed and cancelled now and then
  --unsynced    databases lose with the power what was not synced; the power also fails amid calls on files`;

const { values } = parseArgs({
  options: {
    ...ingredientOptions,
    seeds: { type: 'string', default: '1-200' },
    workers: { type: 'string' },
    seed: { type: 'string' },
    faults: { type: 'string' },
    worker: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

const ingredients = toIngredients(values);

if (values.help) console.log(help);
else if (values.worker) await (await import('./work.js')).work(ingredients);
else if (values.seed !== undefined) {
  const { tellSeed } = await import('./work.js');
  process.exitCode = await tellSeed(Number(values.seed), values.faults, ingredients);
} else {
  const { checkAll } = await import('./check-all.js');
  process.exitCode = await checkAll(values.seeds, values.workers, ingredients);
}
