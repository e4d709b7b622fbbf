import { describe, expect, it } from 'vitest';
import { Sqlite } from './sqlite.js';
import { readDecisions } from './stored-decisions.js';
import { applyAll } from './testing/apply-all.js';
import { predictedImages, recipeNamed } from './testing/image-results.js';
import { createTemporaryData } from './testing/temporary-data.js';

const rowsOf = (path: string) => [...readDecisions(path)];

describe('rows of groups that a newer catalogue does not have', () => {
  const before = predictedImages({ groupSizes: [3, 2], catalogue: 'first' });
  const LATER = '20260201T094500Z-m4y8';
  const groupIds = (path: string) => rowsOf(path).map(({ groupId }) => groupId);

  it('are removed when their images are in other groups now', async () => {
    using data = createTemporaryData();
    const after = predictedImages({ groupSizes: [5], catalogue: 'second', run: LATER });
    const started = await applyAll(data.dataDir, before, after.slice(0, 4));
    expect(groupIds(started.path)).toEqual(['dalia_group_0', 'dalia_group_1']);
    const { path } = await applyAll(data.dataDir, after.slice(4));
    expect(groupIds(path)).toEqual(['dalia_group_0']);
    expect(rowsOf(path)[0]?.images).toHaveLength(5);
  });

  it('are removed whichever version decided them', async () => {
    using data = createTemporaryData();
    const other = { recipe: recipeNamed('second'), run: LATER };
    const after = predictedImages({ groupSizes: [5], catalogue: 'second', ...other });
    const { path } = await applyAll(data.dataDir, before, after);
    expect(groupIds(path)).toEqual(['dalia_group_0']);
  });

  it('stay when their images are in no group, or gone', async () => {
    using data = createTemporaryData();
    const after = predictedImages({
      ...{ groupSizes: [3], ungrouped: 1 },
      ...{ catalogue: 'second', run: LATER },
    });
    const { path } = await applyAll(data.dataDir, before, after);
    expect(groupIds(path)).toEqual(['dalia_group_0', 'dalia_group_1']);
  });

  it('stay when somebody has worked on them', async () => {
    using data = createTemporaryData();
    const { path } = await applyAll(data.dataDir, before);
    const sqlite = new Sqlite(path);
    sqlite.exec("UPDATE ai_decisions SET user_action = 'reject' WHERE group_id = 'dalia_group_1'");
    sqlite.close();
    const after = predictedImages({ groupSizes: [5], catalogue: 'second', run: LATER });
    await applyAll(data.dataDir, after);
    expect(groupIds(path)).toEqual(['dalia_group_0', 'dalia_group_1']);
  });

  it('stay when the other run began earlier', async () => {
    using data = createTemporaryData();
    const run = '20260130T094500Z-m4y8';
    const earlier = predictedImages({ groupSizes: [5], catalogue: 'second', run });
    const { path } = await applyAll(data.dataDir, before, earlier);
    expect(groupIds(path)).toEqual(['dalia_group_0', 'dalia_group_1']);
  });
});
