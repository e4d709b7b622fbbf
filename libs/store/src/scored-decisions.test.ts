import { describe, expect, it } from 'vitest';
import { openProjectDatabase } from './project-database.js';
import { readScoredDecisions } from './scored-decisions.js';
import { readDecisions } from './stored-decisions.js';
import { predictedImages } from './testing/image-results.js';
import { createForeignDatabase, createTemporaryData } from './testing/temporary-data.js';
import { insertRows, prediction, SIX_COLUMNS } from './testing/merge-set-up.js';

describe('readScoredDecisions', () => {
  it('gives each decision the scores of all its images, the run and the recipe', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    const events = predictedImages({ groupSizes: [2, 3] });
    database.apply(events, new Date());
    database.close();
    const decisions = [...readScoredDecisions(database.path)];
    const scores = events.map(({ score }) => score);
    expect(decisions.map((decision) => decision.scores)).toEqual([
      scores.slice(0, 2),
      scores.slice(2),
    ]);
    expect(decisions[0]).toMatchObject({ run: events[0]?.run });
    expect(decisions[0]?.recipe?.id).toBe(decisions[0]?.predictionRecipe);
  });

  it('gives decisions in the order of the groups, whichever was decided first', async () => {
    using data = createTemporaryData();
    const database = await openProjectDatabase({ dataDir: data.dataDir, project: 'dalia' });
    const events = predictedImages({ groupSizes: [2, 3, 2] });
    for (const event of events.toReversed()) database.apply([event], new Date());
    database.close();
    const inOrder = [...new Set(events.map(({ group }) => group?.id))];
    expect([...readDecisions(database.path)].map(({ groupId }) => groupId)).toEqual(
      inOrder.toReversed(),
    );
    expect([...readScoredDecisions(database.path)].map(({ groupId }) => groupId)).toEqual(inOrder);
  });

  it('knows no scores of a database of others', () => {
    using data = createTemporaryData();
    const path = data.toPath('p.db');
    createForeignDatabase(path, SIX_COLUMNS);
    const { group_id, project_id, images } = prediction();
    insertRows(path, [
      { group_id: group_id ?? '', project_id: project_id ?? '', images: images ?? '' },
    ]);
    expect([...readScoredDecisions(path)]).toMatchObject([
      { groupId: 'g', run: null, recipe: null, scores: [null, null, null] },
    ]);
  });
});
