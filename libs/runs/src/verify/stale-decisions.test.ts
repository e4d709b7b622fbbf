import { describe, expect, it } from 'vitest';
import { predictedImages, recipeNamed } from '../../../store/src/testing/image-results.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { describeStaleDecisions } from './stale-decisions.js';

const [first, second] = [recipeNamed('first'), recipeNamed('second')];

/** Two groups of a project, decided by one version after the other. */
async function decide(data: DataFolder, project: string, ...recipes: (typeof first)[]) {
  const images = predictedImages({ project, groupSizes: [2, 2] });
  for (const [index, recipe] of recipes.entries()) {
    const run = `20260${index + 1}31T094500Z-k3x9`;
    await data.store(images.map((image) => ({ ...image, run, recipe })));
  }
}

describe('decisions of other versions that stay the current ones', () => {
  it('are said after a run, with what replaces them', async () => {
    using data = createDataFolder();
    await decide(data, 'a', first, second);
    await decide(data, 'b', second);
    await decide(data, 'c', first, second);
    const projects = ['a', 'b', 'c', 'without database'];
    expect(describeStaleDecisions(data.path, { version: second.id, projects })).toBe(
      'ai_decisions, exports and the gallery still have 4 decisions of other versions (a, c): ' +
        `\`cullstream promote ${second.id}\` replaces them by those of ${second.id}`,
    );
  });

  it('are not spoken of where there are none, or nothing can be read', async () => {
    using data = createDataFolder();
    await decide(data, 'a', first, first);
    data.write('training/ai_training_decisions/damaged.db', 'SQLite format 3\0 and no more');
    const projects = ['a', 'damaged'];
    expect(describeStaleDecisions(data.path, { version: first.id, projects })).toBeUndefined();
  });
});
