import { once } from 'node:events';
import type { Fault } from './faults/fault.js';
import { SeedChecker } from './check-seeds.js';
import { describeFailure, type SeedAnswer } from './describe-failure.js';
import type { Ingredients } from './ingredients.js';

/** Checks the seeds that the parent process sends, one after the other, until it disconnects. */
export async function work(ingredients: Ingredients): Promise<void> {
  // Many errors are made and handled, and where they come from takes long to find out.
  Error.stackTraceLimit = 0;
  const left = once(process, 'disconnect');
  const checker = await SeedChecker.open({ isTold: false, ingredients });
  let queue: Promise<void> = Promise.resolve();
  process.on('message', (seed: number) => {
    queue = queue.then(async () => {
      const checked = await checker.check(seed);
      const {
        seed: number,
        faults,
        problems,
      } = checked.problems.length === 0 ? checked : await checker.shrink(checked);
      if (process.connected)
        process.send?.({ seed: number, faults, problems } satisfies SeedAnswer);
    });
  });
  if (process.connected) process.send?.('ready');
  await left;
  await queue;
  checker.close();
}

/** Prints what happens with one seed. @returns the exit code */
export async function tellSeed(
  seed: number,
  given: string | undefined,
  ingredients: Ingredients,
): Promise<number> {
  const checker = await SeedChecker.open({ isTold: true, ingredients });
  try {
    const faults = given === undefined ? undefined : (JSON.parse(given) as Fault[]);
    const checked = await checker.check(seed, faults);
    console.log(`faults of seed ${seed}:`);
    for (const fault of checked.faults) console.log(`  ${JSON.stringify(fault)}`);
    console.log(checked.story.join('\n'));
    const { problems, virtualMs, steps } = checked;
    console.log(`${(virtualMs / 1_000).toFixed(1)} s of virtual time, ${steps} steps`);
    if (problems.length === 0) {
      console.log('the same as without faults');
      return 0;
    }
    console.log(`wrong:\n${problems.join('\n')}`);
    const fewest = await checker.shrink(checked);
    console.log(describeFailure(fewest, ingredients));
    return 1;
  } finally {
    checker.close();
  }
}
