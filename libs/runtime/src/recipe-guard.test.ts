import { ConfigurationError, TransientError, type RunHead } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { createRecipeGuard } from './recipe-guard.js';

const run = '20260131T094500Z-k3x9';
const own = 'a'.repeat(16);
const other = 'b'.repeat(16);

function guardOver(recipeId: string | undefined, state: RunHead['state'] = 'running') {
  let asked = 0;
  const record =
    recipeId === undefined ? undefined : ({ run, state, recipe: { id: recipeId } } as RunHead);
  const guard = createRecipeGuard(
    {
      get: () => {
        asked += 1;
        return Promise.resolve(record);
      },
      list: () => Promise.resolve(new Map(record === undefined ? [] : [[run, record]])),
    },
    {
      what: 'predictor',
      recipeId: own,
      toRecipeId: ({ recipe }) => recipe.id,
      describe: ({ recipe }) => `the run has ${recipe.id}, the service ${own}`,
    },
  );
  return { guard, asked: () => asked };
}

describe('a recipe guard', () => {
  it('lets a run of the same recipe through, and looks it up once', async () => {
    const { guard, asked } = guardOver(own);
    await guard.refuseOthers(run);
    await guard.refuseOthers(run);
    expect(asked()).toBe(1);
  });

  it('leaves the messages of a run of another recipe, and ends its service naming both', async () => {
    const { guard } = guardOver(other);
    await expect(guard.refuseOthers(run)).rejects.toThrow(TransientError);
    await expect(guard.refused).rejects.toThrow(ConfigurationError);
    await expect(guard.refused).rejects.toThrow(`the run has ${other}, the service ${own}`);
  });

  it('lets a run without a record through', async () => {
    await expect(guardOver(undefined).guard.refuseOthers(run)).resolves.toBeUndefined();
  });

  it('refuses to begin beside a run of another recipe that is under way', async () => {
    const refusal = guardOver(other).guard.refuseUnderWay();
    await expect(refusal).rejects.toThrow(`end the run (\`cullstream cancel ${run}\`)`);
  });

  it.each([
    [own, 'running'],
    [other, 'paused'],
    [other, 'completed'],
  ] as const)('begins beside a run of %s that is %s', async (recipe, state) => {
    await expect(guardOver(recipe, state).guard.refuseUnderWay()).resolves.toBeUndefined();
  });
});
