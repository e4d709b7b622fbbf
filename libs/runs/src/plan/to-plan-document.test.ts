import { describe, expect, it } from 'vitest';
import { predictedImages, recipeNamed } from '../../../store/src/testing/image-results.js';
import { createDataFolder } from '../testing/data-folder.js';
import type { KnownRates } from './known-rates.js';
import type { PreparedRun } from './prepare-run.js';
import { toPlanDocument } from './to-plan-document.js';

const recipe = recipeNamed('first');
const rates: KnownRates = { embed: 10, cached: 1_000, basis: 'tuned', because: 'as measured' };
const makeTotals = (name: string, images: number) => ({
  ...{ name, source: `${name}.zip`, catalogue: 'c', images, groups: 2, ungrouped: 1 },
});
const none = {
  ...{ images: 0, groups: 0, ungrouped: 0, cached: 0, legacy: 0, toEmbed: 0 },
  ...{ existing: null, existingIsOurs: false, writes: null, note: null, warnings: [] },
};

/** What was prepared: by default nothing to do. */
function makePrepared(plan: object): PreparedRun {
  const nothing = { projects: [], skipped: [], excluded: [], done: [], rejected: [] };
  const all = { ...nothing, missing: new Set(), legacyMatches: new Map(), ...plan };
  const files = { embedder: '/clip.onnx', ranker: '/ranker.pt', crop: '/crop.pt' };
  const models = { embeddingRecipe: recipe.embedding, predictionRecipe: recipe };
  return { models: { ...models, files, notes: ['a note'] }, plan: all } as unknown as PreparedRun;
}

describe('a plan as a document', () => {
  it('tells of a project what is cached, taken over and left to embed', async () => {
    using data = createDataFolder();
    const project = makeTotals('a', 100);
    const plan = {
      projects: [
        { project, cached: 30, warnings: ['w'] },
        { project: makeTotals('b', 8), cached: 8, warnings: [] },
      ],
      legacyMatches: new Map([['a', 20]]),
    };
    await data.store(predictedImages({ project: 'a', groupSizes: [1] }));
    const { projects, totals, estimate, estimate_seconds } = toPlanDocument(
      makePrepared(plan),
      rates,
      data.path,
    );
    expect(projects).toEqual([
      {
        ...{ project: 'a', source: 'a.zip', images: 100, groups: 2, ungrouped: 1 },
        ...{ state: 'pending', cached: 30, legacy: 20, toEmbed: 50, note: null, warnings: ['w'] },
        ...{ existing: 'training/ai_training_decisions/a.db', existingIsOurs: true },
        writes: 'training/ai_training_decisions/a.db',
      },
      {
        ...{ project: 'b', source: 'b.zip', images: 8, groups: 2, ungrouped: 1 },
        ...{ state: 'pending', cached: 8, legacy: 0, toEmbed: 0, note: null, warnings: [] },
        ...{ existing: null, existingIsOurs: false },
        writes: 'training/ai_training_decisions/b.db',
      },
    ]);
    expect(totals).toEqual({
      ...{ projects: 2, pending: 2, images: 108, groups: 4, ungrouped: 2, cached: 38, toEmbed: 50 },
    });
    // 50 at 10 a second; 58 that need no embedding at 1,000.
    expect(estimate_seconds).toBeCloseTo(5.058, 1);
    expect(estimate).toMatchObject({ seconds: estimate_seconds, rates });
  });

  it('tells what a run leaves as it is, and why', () => {
    using data = createDataFolder();
    const source = (name: string) => ({ name, source: `${name}.zip`, message: `${name} is so` });
    const counts = { embedded: 3, cached: 4, failed: 1 };
    const plan = {
      skipped: [
        { project: makeTotals('complete', 8), counts, database: 'x.db', warnings: ['w'] },
        { project: makeTotals('empty', 0), counts: { embedded: 0, cached: 0 }, database: null },
      ],
      excluded: [source('left')],
      done: [{ ...source('done'), images: 5, groups: 2 }],
      rejected: [source('gone'), source('cut')],
      missing: new Set(['gone']),
    };
    const { projects, totals } = toPlanDocument(makePrepared(plan), rates, data.path);
    const named = (name: string) => ({ project: name, source: `${name}.zip` });
    const counted = { groups: 2, ungrouped: 1 };
    expect(projects).toEqual([
      {
        ...{ ...none, ...named('complete'), ...counted, state: 'complete', images: 8, cached: 7 },
        ...{ note: 'complete in x.db', warnings: ['w'] },
      },
      { ...none, ...named('empty'), ...counted, state: 'empty', note: 'holds no image' },
      { ...none, ...named('done'), state: 'done', images: 5, groups: 2, note: 'done is so' },
      { ...none, ...named('left'), state: 'excluded', note: 'left is so' },
      { ...none, ...named('gone'), state: 'missing', note: 'gone is so' },
      { ...none, ...named('cut'), state: 'unreadable', note: 'cut is so' },
    ]);
    expect(totals).toMatchObject({ projects: 6, pending: 0, images: 13, toEmbed: 0 });
  });

  it('names the models and all that their vectors depend on', () => {
    using data = createDataFolder();
    const { embedding, ranker, crop } = recipe;
    expect(toPlanDocument(makePrepared({}), rates, data.path)).toMatchObject({
      models: {
        embedder: { ...embedding.model, path: '/clip.onnx' },
        ranker: { ...ranker, path: '/ranker.pt' },
        crop_proposer: { ...crop, path: '/crop.pt' },
      },
      recipes: {
        embedding: embedding.id,
        prediction: recipe.id,
        preprocessing: 'exact-1',
        precision: 'fp32',
      },
      notes: ['a note'],
    });
  });
});
