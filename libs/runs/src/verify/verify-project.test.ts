import { toCatalogueDigest } from '@cullstream/catalog';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import { changeDatabase } from '../testing/change-database.js';
import { createDataFolder } from '../testing/data-folder.js';
import { keepVectors } from '../testing/keep-vectors.js';
import { storeAll, verify } from '../testing/proven-project.js';

const RUN = '20260131T094500Z-k3x9';
const recipe = recipeNamed('first');
const images = withTrueCatalogue(predictedImages({ groupSizes: [2, 2], ungrouped: 1 }));

function withTrueCatalogue(all: ReturnType<typeof predictedImages>) {
  const catalogue = toCatalogueDigest(all.map(({ image: name, ...more }) => ({ name, ...more })));
  return all.map((each) => ({ ...each, project: { ...each.project, catalogue } }));
}

describe('the proof of a project', () => {
  it('has no gap where every image, group and vector is there', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    const catalogue = images[0]?.project.catalogue;
    expect(await verify(data, database, { catalogue })).toEqual({
      project: 'dalia',
      database: 'training/ai_training_decisions/dalia.db',
      run: RUN,
      images: 5,
      embedded: 5,
      cached: 0,
      failed: 0,
      groups: 2,
      decidedGroups: 2,
      failedGroups: 0,
      vectorsChecked: 5,
      embeddingRecipe: recipe.embedding.id,
      predictionRecipe: recipe.id,
      repairable: {
        withoutRow: [],
        withoutVector: [],
        withoutDecision: [],
        damagedRows: 0,
        database: false,
      },
      gaps: [],
      accepted: [],
      notes: [],
    });
  });

  it('counts what was embedded, cached and failed apart', async () => {
    using data = createDataFolder();
    await keepVectors(data.path, images.slice(1));
    const origins = ['computed', 'computed', 'cached', 'legacy', 'computed'] as const;
    const results = images.map((image, index) => ({
      ...image,
      origin: origins[index] ?? 'cached',
    }));
    const [first, ...others] = results;
    if (first === undefined) throw new Error('five are made');
    const group = { embedded: 2, cached: 2, failed: 1, decidedGroups: 2, failedGroups: 0 };
    const database = await data.store([failedImage(first), ...others]);
    expect(await verify(data, database)).toMatchObject({ ...group, vectorsChecked: 4, gaps: [] });
  });

  it('is of the newest run', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    const run = '20260201T094500Z-bbbb';
    await data.store(images.map((image) => ({ ...image, run })));
    expect(await verify(data, database)).toMatchObject({ run, gaps: [] });
  });

  it('says which images have no row, as positions that a repair takes', async () => {
    using data = createDataFolder();
    await keepVectors(data.path, images);
    const database = await data.store(
      images.filter(({ sequence }) => ![0, 2, 3].includes(sequence)),
    );
    expect(await verify(data, database)).toMatchObject({
      gaps: [
        '3 of 5 images without a row; positions 0, 2-3',
        '2 of 2 groups neither decided nor failed',
        'undecided: dalia_group_0',
      ],
      repairable: {
        withoutRow: [
          { from: 0, to: 0 },
          { from: 2, to: 3 },
        ],
        withoutDecision: [],
      },
    });
  });

  it('says it when more images ended than there are', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(
      database.path,
      `INSERT INTO predictions SELECT run, 9, outcome, content_sha256, width_px, height_px,
       embedding_recipe, score, crop, stage, reason, message, NULL FROM predictions WHERE sequence = 4`,
    );
    expect(await verify(data, database)).toMatchObject({
      gaps: ['6 images ended, and the catalogue has 5'],
    });
  });

  it('says which groups have no decision though their images have rows', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(database.path, `DELETE FROM group_decisions WHERE group_id = 'dalia_group_1'`);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['1 of 2 groups neither decided nor failed', 'undecided: dalia_group_1'],
      repairable: { withoutDecision: [2], withoutRow: [] },
    });
  });

  it('says which decisions are lost from the table that others read', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(database.path, `DELETE FROM ai_decisions WHERE group_id = 'dalia_group_0'`);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['decided without a row in ai_decisions: dalia_group_0'],
      repairable: { withoutDecision: [0] },
    });
  });

  it('says which rows are of other weights', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(
      database.path,
      `UPDATE predictions SET embedding_recipe = 'another', checksum = NULL WHERE sequence = 4`,
      `UPDATE ai_decisions SET prediction_recipe = 'unknown' WHERE group_id = 'dalia_group_0'`,
    );
    const { gaps } = await verify(data, database);
    expect(gaps).toEqual([
      'rows of other embedding recipes: another',
      'decisions of a recipe that no run used: dalia_group_0',
    ]);
  });

  it('says which results and decisions are not as they were stored', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(
      database.path,
      'UPDATE predictions SET score = score + 1 WHERE sequence = 4',
      `UPDATE ai_decisions SET ai_confidence = 0.5 WHERE group_id = 'dalia_group_0'`,
    );
    expect(await verify(data, database)).toMatchObject({
      gaps: [
        '1 result damaged, not as stored: positions 4; ' +
          '1 decision not the one that the results give: dalia_group_0',
      ],
      repairable: { damagedRows: 2, database: false },
    });
  });

  it('says that an image or a group is not as it was catalogued', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    changeDatabase(database.path, 'UPDATE images SET position = 1 - position WHERE sequence < 2');
    const catalogue = images[0]?.project.catalogue;
    const { gaps, repairable } = await verify(data, database, { catalogue });
    expect(gaps).toContainEqual(expect.stringContaining('the digest of their catalogue'));
    expect(repairable.database).toBe(true);
    expect((await verify(data, database)).repairable.database).toBe(false);
  });

  it('says that the source has changed since', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    expect((await verify(data, database, { catalogue: 'another' })).gaps).toEqual([
      'the output is stale: the source holds other images or groups than the last run saw, or ' +
        '‹minGroupSize› or ‹timeGapMinutes› are not those of that run; `cullstream run` takes it up',
    ]);
  });

  it('counts what is undone as accepted where somebody took note of it, and nothing else', async () => {
    using data = createDataFolder();
    await keepVectors(data.path, images.slice(1));
    const database = await data.store(images.filter(({ sequence }) => sequence !== 4));
    const proof = await verify(data, database, { acceptance: { why: 'a scrap' } });
    expect(proof).toMatchObject({
      accepted: [
        {
          project: 'dalia',
          gap: '1 of 5 images without a row; positions 4',
          why: 'a scrap',
        },
      ],
      gaps: ['1 cached vector missing or damaged: image_000000.png'],
    });
  });

  it('notes decisions of another version that are kept', async () => {
    using data = createDataFolder();
    const database = await storeAll(data, images);
    const second = recipeNamed('second');
    await data.store(
      images.map((image) => ({ ...image, run: '20260201T094500Z-bbbb', recipe: second })),
    );
    changeDatabase(
      database.path,
      `UPDATE ai_decisions SET prediction_recipe = '${recipe.id}' WHERE group_id = 'dalia_group_1'`,
      `UPDATE ai_decisions SET prediction_recipe = '${second.id}' WHERE group_id = 'dalia_group_0'`,
    );
    const proof = await verify(data, database);
    expect({ gaps: proof.gaps, notes: proof.notes }).toEqual({
      gaps: [],
      notes: [
        `1 decision of version ${recipe.id}, not of the newest run's ${second.id}; ` +
          `earlier outputs stay until \`cullstream promote ${second.id}\` replaces them`,
      ],
    });
  });
});
