import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bus } from '@cullstream/bus';
import { openRun, provisionBroker, type PreparedRun } from '@cullstream/runs';
import { createLogger, openRunRecords } from '@cullstream/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';

let folder: string;
let broker: PlainBroker;
let bus: Bus;

const model = { file: 'model.pt', sha256: 'a'.repeat(64) };
const features = { embedding: 'raw', dimensionScale: 2048 } as const;
const embeddingRecipe = { id: '2'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' };
const models = {
  embeddingRecipe,
  predictionRecipe: {
    ...{ id: '1'.repeat(16), embedding: embeddingRecipe },
    ...{ ranker: { ...model, features }, crop: { ...model, features } },
  },
  ...{ paths: { embedderOnnx: 'not there.onnx' }, notes: [] },
};

const leftOut = (name: string) => ({ name, source: `${name}.zip`, message: 'left out' });

/** What planning makes of a selection, without models or sources. */
function prepare(selected: readonly string[], plan: Partial<PreparedRun['plan']> = {}) {
  const projects = selected.map((name) => ({
    project: {
      ...{ name, source: `${name}.zip`, catalogue: '3'.repeat(16) },
      ...{ images: 10, groups: 5, ungrouped: 0 },
    },
    ...{ cached: 0, warnings: [] },
  }));
  const nothing = { skipped: [], rejected: [], excluded: [], done: [], legacySamples: [] };
  const of = { ...nothing, projects, legacyMatches: new Map(), missing: new Set(), ...plan };
  return { models, plan: of } as unknown as PreparedRun;
}

function open(prepared: PreparedRun, services: 'own' | 'deployed' = 'own') {
  return openRun(bus, prepared, {
    ...{ data: folder, cache: join(folder, 'cache'), originals: join(folder, 'originals') },
    ...{ features: 'as-trained', preprocess: 'exact', precision: 'fp32', device: 'cpu' },
    ...{ minGroupSize: 2, legacyCache: 'ignore', readTimeout: 60, vectors: 'files' },
    ...{ embedders: 1, keepRuns: 2, restart: false, bytes: 'originals', services },
  });
}

const listRuns = async () => [...(await (await openRunRecords(bus)).list()).keys()];

describe('what is selected when an unfinished run goes on', () => {
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-selection-'));
    broker = await startPlainBroker(folder);
    bus = await broker.connect();
  });

  afterEach(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('may be more, and not less: then a new run takes its place', async () => {
    const first = await open(prepare(['a']));
    const more = await open(prepare(['a', 'b']));
    expect(more).toMatchObject({ resumed: true, ended: [], record: { run: first.record.run } });
    const less = await open(prepare(['a'], { excluded: [leftOut('b')] }));
    const because = 'no longer selected: b';
    expect(less).toMatchObject({ resumed: false, ended: [{ run: first.record.run, because }] });
    expect(less.record.projects.map(({ project }) => project.name)).toEqual(['a']);
    expect(less.record.excluded).toEqual([leftOut('b')]);
    expect(await listRuns()).toEqual([less.record.run]);
  });

  it('does not change a run that deployed services are at work on, which lists nothing twice', async () => {
    const settings = { embedders: 1, writers: 1, bytes: 'originals' } as const;
    const log = createLogger('test', 'silent');
    const note = () => undefined;
    await provisionBroker({ kind: 'external', url: broker.url }, settings, { log, note });
    const first = await open(prepare(['a', 'b']), 'deployed');
    const gone = prepare(['a'], { excluded: [leftOut('b')], rejected: [leftOut('b')] });
    const less = await open(gone, 'deployed');
    expect(less).toMatchObject({ resumed: true, ended: [], record: { run: first.record.run } });
    expect(less.record.projects.map(({ project }) => project.name)).toEqual(['a', 'b']);
    expect(less.record).toMatchObject({ excluded: [], rejected: [] });
    expect(await listRuns()).toEqual([first.record.run]);
  });
});
