import { describe, expect, it } from 'vitest';
import { readDatabaseFacts, readEmbeddings } from './database-facts.js';
import { openProjectDatabase } from './project-database.js';
import type { ImageResult } from './prediction-row.js';
import { readDecisions } from './stored-decisions.js';
import { readFailures } from './stored-failures.js';
import { failedImage, predictedImages, recipeNamed } from './testing/image-results.js';
import { createTemporaryData } from './testing/temporary-data.js';

const RUN = '20260131T094500Z-k3x9';

async function store(dataDir: string, results: readonly ImageResult[]): Promise<string> {
  const database = await openProjectDatabase({ dataDir, project: 'dalia' });
  database.apply(results, new Date('2026-01-31T12:00:00Z'));
  database.close();
  return database.path;
}

describe('readDatabaseFacts', () => {
  it('counts rows and names the gaps of an unfinished run', async () => {
    using data = createTemporaryData();
    const events = predictedImages({ groupSizes: [2, 3], ungrouped: 2 });
    const present = events.filter(({ sequence }) => ![0, 4, 5].includes(sequence));
    const path = await store(data.dataDir, present);
    expect(readDatabaseFacts(path, 'dalia', RUN)).toMatchObject({
      recipe: recipeNamed('first'),
      outcomes: { computed: 4, cached: 0, legacy: 0, failed: 0 },
      missingSequences: [
        { from: 0, to: 0 },
        { from: 4, to: 5 },
      ],
      groups: 2,
      decidedGroups: 0,
      undecidedGroupIds: ['dalia_group_0', 'dalia_group_1'],
      groupIdsWithoutRow: [],
    });
  });

  it('finds no gap in a finished run', async () => {
    using data = createTemporaryData();
    const path = await store(data.dataDir, predictedImages({ groupSizes: [2], ungrouped: 1 }));
    expect(readDatabaseFacts(path, 'dalia', RUN)).toMatchObject({
      missingSequences: [],
      undecidedGroupIds: [],
      decidedGroups: 1,
      groupIdsOfUnknownRecipe: [],
    });
  });

  it('knows no run that the database does not hold', async () => {
    using data = createTemporaryData();
    const path = await store(data.dataDir, []);
    expect(readDatabaseFacts(path, 'dalia', RUN)).toBeUndefined();
  });
});

describe('reading rows', () => {
  it('gives every failure with its source', async () => {
    using data = createTemporaryData();
    const [first, second] = predictedImages({ groupSizes: [2] });
    if (!first || !second) throw new Error('both are made');
    const path = await store(data.dataDir, [first, failedImage(second)]);
    expect([...readFailures(path)]).toEqual([
      {
        run: RUN,
        catalogue: first.project.catalogue,
        sequence: 1,
        image: 'image_000001.png',
        source: second.source,
        groupId: 'dalia_group_0',
        stage: 'embedder',
        reason: 'image-truncated',
        message: 'image_000001.png ends early',
      },
    ]);
  });

  it('gives the embeddings a run stands on, failures left out', async () => {
    using data = createTemporaryData();
    const [first, second] = predictedImages({ groupSizes: [2] });
    if (!first || !second) throw new Error('both are made');
    const path = await store(data.dataDir, [failedImage(first), second]);
    expect([...readEmbeddings(path, RUN)]).toEqual([
      {
        sequence: 1,
        image: 'image_000001.png',
        source: second.source,
        contentSha256: second.contentSha256,
        embeddingRecipe: second.embeddingRecipe,
        origin: 'computed',
      },
    ]);
  });

  it('can stop reading early', async () => {
    using data = createTemporaryData();
    const path = await store(data.dataDir, predictedImages({ groupSizes: [1, 1, 1] }));
    const [first] = readDecisions(path);
    expect(first).toMatchObject({
      groupId: 'dalia_group_0',
      selectedIndex: 0,
      crop: [0.1, 0.2, 0.8, 0.9],
      userAction: null,
    });
  });
});
