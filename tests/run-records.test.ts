import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecords, RUN_RECORDS, type Bus } from '@cullstream/bus';
import type { RunRecord } from '@cullstream/contracts';
import { openRunRecords } from '@cullstream/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPlainBroker, type PlainBroker } from './support/plain-broker.js';

let folder: string;
let broker: PlainBroker;
let bus: Bus;

const model = { file: 'model.pt', sha256: 'a'.repeat(64) };
const features = { embedding: 'raw', dimensionScale: 2048 } as const;

function makeRecord(run: string, projects: number): RunRecord {
  const totals = (index: number) => ({
    ...{ name: `project ${index}`, source: `project ${index}.zip`, catalogue: '3'.repeat(16) },
    ...{ images: 100, groups: 0, ungrouped: 100 },
  });
  return {
    ...{ v: 1, run, createdAt: '2026-01-01T00:00:00.000Z', state: 'running', folder: 'here' },
    recipe: {
      id: '1'.repeat(16),
      embedding: { id: '2'.repeat(16), model, preprocessing: 'exact-1', precision: 'fp32' },
      ranker: { ...model, features },
      crop: { ...model, features },
    },
    options: { minGroupSize: 2, timeGapMinutes: null, legacyCache: 'ignore' },
    projects: Array.from({ length: projects }, (_unused, index) => ({
      ...{ project: totals(index), cached: 0, warnings: [] },
    })),
    skipped: Array.from({ length: projects / 10 }, (_unused, index) => ({
      project: totals(projects + index),
      counts: {
        ...{ embedded: 0, cached: 0, failed: 100 },
        ...{ decidedGroups: 0, failedGroups: 0, invertedCrops: 0 },
      },
      database: `training/project ${index}.db`,
      failures: Array.from({ length: 100 }, (_none, image) => ({
        image: `image ${index} ${image}.png`,
        reason: 'image-undecodable' as const,
        message: `no picture in so many words: ${index * image}`,
      })),
    })),
    ...{ rejected: [], excluded: [], legacySamples: [] },
    ...{ extractedAt: null, completedAt: null, summary: null },
  };
}

/** Bytes of everything the bucket holds. */
async function bucketBytes(): Promise<number> {
  return (await bus.manager.streams.info(`KV_${RUN_RECORDS}`)).state.bytes;
}

describe('the records of runs', () => {
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-records-'));
    const config = join(folder, 'nats.conf');
    writeFileSync(config, 'max_payload: 32768\n');
    broker = await startPlainBroker(folder, undefined, config);
    bus = await broker.connect();
  });

  afterAll(async () => {
    await broker.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('hold 20,000 projects and 200,000 failures, whatever a message may hold', async () => {
    const records = await openRunRecords(bus);
    const record = makeRecord('20260101T000000Z-aaaa', 20_000);
    await records.save(record);
    expect(await records.load(record.run)).toEqual(record);
    const head = await records.get(record.run);
    expect(Buffer.byteLength(JSON.stringify(head))).toBeLessThan(2_000);
    expect([...(await records.list()).keys()]).toEqual([record.run]);
  }, 30_000);

  it('change without their lists, and keep none that was replaced', async () => {
    const records = await openRunRecords(bus);
    const record = makeRecord('20260101T000000Z-bbbb', 1_000);
    const others = await bucketBytes();
    await records.save(record);
    const before = await bucketBytes();
    await records.update(record.run, (head) => ({ ...head, state: 'paused' }));
    await records.save({ ...record, state: 'running', projects: record.projects.slice(1) });
    expect((await records.load(record.run))?.projects).toHaveLength(999);
    expect(await bucketBytes()).toBeLessThan(before + 2_000);
    await records.delete(record.run);
    expect(await records.load(record.run)).toBeUndefined();
    expect(await bucketBytes()).toBeLessThan(others + 2_000);
  });

  it('of the first version, with their lists inside, are read and taken up', async () => {
    const run = '20260101T000000Z-cccc';
    const request = { projects: null, run: null, after: null, before: null };
    const earlier: RunRecord = {
      ...makeRecord(run, 20),
      replay: { from: 'images', ...request, sources: { 'project 1': run } },
    };
    const stored = await openRecords(bus, RUN_RECORDS, { parse: (value) => value });
    await stored.put(run, earlier);
    const records = await openRunRecords(bus);
    expect(await records.load(run)).toEqual(earlier);
    await records.update(run, (head) => ({ ...head, state: 'paused' }));
    expect(await records.load(run)).toEqual({ ...earlier, state: 'paused' });
    await records.save(earlier);
    expect(await records.load(run)).toEqual(earlier);
  });

  it('go on with other lists, unless they were cancelled or deleted meanwhile', async () => {
    const records = await openRunRecords(bus);
    const record = makeRecord('20260101T000000Z-eeee', 20);
    await records.save({ ...record, state: 'paused' });
    const longer = makeRecord(record.run, 30);
    expect(await records.goOn(longer)).toBe(true);
    expect(await records.load(record.run)).toEqual(longer);
    await records.update(record.run, (head) => ({ ...head, state: 'cancelled' }));
    expect(await records.goOn(record)).toBe(false);
    expect(await records.load(record.run)).toEqual({ ...longer, state: 'cancelled' });
    await records.delete(record.run);
    expect(await records.goOn(record)).toBe(false);
    expect(await records.load(record.run)).toBeUndefined();
  });

  it('are whole for who reads while they are replaced', async () => {
    const records = await openRunRecords(bus);
    const record = makeRecord('20260101T000000Z-dddd', 300);
    await records.save(record);
    const progress = { isOver: false };
    const replacing = (async () => {
      for (let left = 299; left > 280; left--) {
        await records.save({ ...record, projects: record.projects.slice(0, left) });
      }
      progress.isOver = true;
    })();
    while (!progress.isOver) {
      const read = await records.load(record.run);
      expect(read?.skipped).toEqual(record.skipped);
    }
    await replacing;
  });
});
