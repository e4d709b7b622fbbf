import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger } from '@cullstream/runtime';
import { describe, expect, it } from 'vitest';
import {
  failedImage,
  predictedImages,
  recipeNamed,
} from '../../../store/src/testing/image-results.js';
import { changeDatabase } from '../testing/change-database.js';
import { createDataFolder, type DataFolder } from '../testing/data-folder.js';
import { keepVectors } from '../testing/keep-vectors.js';
import { createOpenCaches } from './check-vectors.js';
import { verifyProject, type VerifyOptions } from './verify-project.js';

const RUN = '20260131T094500Z-k3x9';
const recipe = recipeNamed('first');
const log = createLogger('test', 'silent');
const images = predictedImages({ groupSizes: [2, 2], ungrouped: 1 });

/** A project that is complete. */
async function complete(data: DataFolder) {
  await keepVectors(data.path, images);
  return data.store(images);
}

const verify = (
  data: DataFolder,
  database: { path: string; name: string },
  options: Partial<VerifyOptions> = {},
) => verifyProject('dalia', database, { caches: createOpenCaches(data.path, log), ...options });

describe('the proof of a project', () => {
  it('has no gap where every image, group and vector is there', async () => {
    using data = createDataFolder();
    const database = await complete(data);
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
      repairable: { withoutRow: [], withoutVector: [], withoutDecision: [], database: false },
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
    const database = await complete(data);
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
    const database = await complete(data);
    changeDatabase(
      database.path,
      `INSERT INTO predictions SELECT run, 9, outcome, content_sha256, width_px, height_px,
       embedding_recipe, score, crop, stage, reason, message FROM predictions WHERE sequence = 4`,
    );
    expect(await verify(data, database)).toMatchObject({
      gaps: ['6 images ended, and the catalogue has 5'],
    });
  });

  it('says which groups have no decision though their images have rows', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(database.path, `DELETE FROM group_decisions WHERE group_id = 'dalia_group_1'`);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['1 of 2 groups neither decided nor failed', 'undecided: dalia_group_1'],
      repairable: { withoutDecision: [2], withoutRow: [] },
    });
  });

  it('says which decisions are lost from the table that others read', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(database.path, `DELETE FROM ai_decisions WHERE group_id = 'dalia_group_0'`);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['decided without a row in ai_decisions: dalia_group_0'],
      repairable: { withoutDecision: [0] },
    });
  });

  it('says which rows are of other weights', async () => {
    using data = createDataFolder();
    const database = await complete(data);
    changeDatabase(
      database.path,
      `UPDATE predictions SET embedding_recipe = 'another' WHERE sequence = 4`,
      `UPDATE ai_decisions SET prediction_recipe = 'unknown' WHERE group_id = 'dalia_group_0'`,
    );
    const { gaps } = await verify(data, database);
    expect(gaps).toEqual([
      'rows of other embedding recipes: another',
      'decisions of a recipe that no run used: dalia_group_0',
    ]);
  });

  it('says which vectors are missing, and which the index does not know', async () => {
    using data = createDataFolder();
    await keepVectors(data.path, images.slice(2));
    const [, , third, fourth] = images;
    const folder = join(data.path, 'ai_data/embeddings');
    const hashes = [third, fourth].map((image) => image?.contentSha256.slice(0, 16) ?? '');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const [gone, damaged] = hashes.map((hash) =>
      join(folder, files.find((file) => file.includes(hash)) ?? ''),
    );
    rmSync(gone ?? '');
    const bytes = readFileSync(damaged ?? '');
    bytes[bytes.length - 1] = 1;
    writeFileSync(damaged ?? '', bytes);
    const database = await data.store(images);
    const proof = await verify(data, database);
    expect(proof).toMatchObject({
      vectorsChecked: 5,
      gaps: [
        '4 cached vectors missing or damaged: ' +
          'image_000000.png, image_000001.png, image_000002.png, image_000003.png',
      ],
      repairable: { withoutVector: [0, 1, 2, 3] },
    });
  });

  it('says which images the index knows no more, whose vectors are there', async () => {
    using data = createDataFolder();
    const renamed = images.map((image, index) => ({
      ...image,
      image: index === 3 ? 'other.png' : image.image,
    }));
    await keepVectors(data.path, renamed);
    const database = await data.store(images);
    expect(await verify(data, database)).toMatchObject({
      gaps: ['1 image not in the cache index any more: image_000003.png'],
      repairable: { withoutVector: [3] },
    });
  });

  it('names five images of more', async () => {
    using data = createDataFolder();
    const seven = predictedImages({ groupSizes: [], ungrouped: 7 });
    const { gaps } = await verify(data, await data.store(seven));
    expect(gaps).toEqual([expect.stringMatching(/^7 cached .*image_000004\.png and 2 more$/)]);
  });

  it('looks at a sample of the vectors where one is wanted', async () => {
    using data = createDataFolder();
    const database = await data.store(images);
    const proof = await verify(data, database, { sample: 2 });
    expect(proof).toMatchObject({
      vectorsChecked: 2,
      gaps: ['2 cached vectors missing or damaged: image_000002.png, image_000004.png'],
    });
  });

  it('says that the source has changed since', async () => {
    using data = createDataFolder();
    const database = await complete(data);
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
    const database = await complete(data);
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

  it('asks no cache of a run of which every image failed', async () => {
    using data = createDataFolder();
    const database = await data.store(images.map((image) => failedImage(image)));
    expect(await verify(data, database)).toMatchObject({
      failed: 5,
      failedGroups: 2,
      vectorsChecked: 0,
      embeddingRecipe: null,
      predictionRecipe: null,
      gaps: [],
      notes: [],
    });
  });
});
