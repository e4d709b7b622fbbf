// First: everything else is to find the simulated machine in place.
import './machine/install.js';
import { availableParallelism } from 'node:os';
import { Command, Option } from '@commander-js/extra-typings';
import { toCount, toSeed, toSeedRange } from '@cullstream/testing/option-values';
import { addIngredients, toIngredients } from './ingredients.js';

const command = addIngredients(
  new Command('npm run simulate --')
    .description(
      'Runs all services in one process on a simulated machine, with virtual time and a model of nats-server, while ' +
        'faults happen to them, and compares what each run leaves with a run without faults. The same seed always ' +
        'does the same.',
    )
    .addOption(
      new Option('--seeds <range>', 'which seeds: 1-1000')
        .argParser(toSeedRange)
        .default(toSeedRange('1-200'), '1-200'),
    )
    .addOption(
      new Option('--workers <number>', 'processes that share them')
        .argParser(toCount)
        .default(availableParallelism(), 'the number of cores'),
    )
    .option('--seed <number>', 'one seed: prints its faults and everything that happens', toSeed)
    .option('--faults <json>', 'instead of the faults of the seed, as a failure prints them')
    .addOption(new Option('--worker').hideHelp().default(false)),
);

const { seeds, workers, seed, faults, worker, ...given } = command.parse().opts();
const ingredients = toIngredients(given);
if (worker) await (await import('./work.js')).work(ingredients);
else if (seed !== undefined) {
  const { tellSeed } = await import('./work.js');
  process.exitCode = await tellSeed(seed, faults, ingredients);
} else {
  const { checkAll } = await import('./check-all.js');
  process.exitCode = await checkAll(seeds, workers, ingredients);
}
