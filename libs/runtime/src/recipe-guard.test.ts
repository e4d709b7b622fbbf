import { MalformedEventError, type RunHead } from '@cullstream/contracts';
import { describe, expect, it } from 'vitest';
import { createRecipeGuard } from './recipe-guard.js';

const run = '20260131T094500Z-k3x9';
const own = 'a'.repeat(16);
const other = 'b'.repeat(16);

function guardOver(recipeId: string | undefined) {
  let asked = 0;
  const record = recipeId === undefined ? undefined : ({ recipe: { id: recipeId } } as RunHead);
  const guard = createRecipeGuard(
    {
      get: () => {
        asked += 1;
        return Promise.resolve(record);
      },
    },
    { what: 'predictor', recipeId: own, recipeOf: ({ recipe }) => recipe.id },
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

  it('refuses a run of another recipe, naming both', async () => {
    const { guard } = guardOver(other);
    await expect(guard.refuseOthers(run)).rejects.toThrow(MalformedEventError);
    await expect(guard.refuseOthers(run)).rejects.toThrow(
      `run ${run} was planned with recipe ${other}, this predictor is set up for ${own}`,
    );
  });

  it('lets a run without a record through', async () => {
    await expect(guardOver(undefined).guard.refuseOthers(run)).resolves.toBeUndefined();
  });
});
