import type { CheckedSeed } from './check-seeds.js';
import { toArguments, type Ingredients } from './ingredients.js';

/** What a worker answers for each seed. */
export type SeedAnswer = Pick<CheckedSeed, 'seed' | 'faults' | 'problems'>;

/** Of what happened before the end. */
const LAST_LINES = 40;

/** A failing seed, and how to repeat it. */
export function describeFailure(
  { seed, faults, problems }: SeedAnswer,
  ingredients: Ingredients,
): string {
  const text = problems.join('\n').split('\n');
  const repeat = [...toArguments(ingredients), '--seed', String(seed)];
  const shown = text.slice(0, LAST_LINES).join('\n');
  return (
    `seed ${seed} fails with ${faults.length} faults:\n${shown}\n` +
    `repeat it: npm run simulate -- ${repeat.join(' ')} --faults '${JSON.stringify(faults)}'`
  );
}
