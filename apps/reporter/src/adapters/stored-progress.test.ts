import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImageFailed } from '@cullstream/contracts';
import { createProjectDatabase, DatabaseReadWriteError, readProjectState } from '@cullstream/store';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createStoredProgressReader } from './stored-progress.js';

const RUN = '20260131T094500Z-k3x9';
const totals = {
  ...{ name: 'dalia', source: 'dalia', catalogue: '0123456789abcdef' },
  ...{ images: 2, groups: 0, ungrouped: 2 },
};
const at = new Date('2026-01-31T10:00:00.000Z');

let dataDir: string;
let warned: unknown[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-stored-'));
  warned = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function failed(sequence: number): ImageFailed {
  const image = `${sequence}.png`;
  return {
    ...{ v: 1, type: 'image.failed', run: RUN, project: totals, sequence, image, group: null },
    source: { kind: 'file', path: `dalia/${image}`, size: 1, modifiedMs: 1 },
    ...{ stage: 'embedder', reason: 'not-an-image', message: 'no image' },
  };
}

const store = (images: number) =>
  createProjectDatabase(
    { dataDir, project: 'dalia' },
    Array.from({ length: images }, (_unused, sequence) => failed(sequence)),
    at,
  );

function read(run = RUN, readState = readProjectState) {
  const problem = () => Promise.resolve(undefined);
  const folder = { problem, whileThere: <T>(work: () => Promise<T>) => work() };
  const log = { warn: (...said: unknown[]) => void warned.push(said) };
  return createStoredProgressReader(run, { dataDir, folder, log, readState })(totals);
}

it('nothing is known of a project without a database, or of another run', async () => {
  expect(await read()).toBeUndefined();
  await store(2);
  expect(await read('20260201T094500Z-k3x9')).toBeUndefined();
  expect(warned).toEqual([]);
});

it('what is stored in part is told as progress, and all of it as the end', async () => {
  await store(1);
  const counts = { failed: 1, embedded: 0, cached: 0 };
  expect(await read()).toMatchObject({ type: 'project.progressed', project: totals, counts });
  rmSync(join(dataDir, 'training'), { recursive: true });
  await store(2);
  const failures = [0, 1].map((sequence) => ({
    image: `${sequence}.png`,
    ...{ reason: 'not-an-image', message: 'no image' },
  }));
  expect(await read()).toMatchObject({
    type: 'project.completed',
    database: 'training/ai_training_decisions/dalia.db',
    counts: { ...counts, failed: 2 },
    completedAt: at.toISOString(),
    failures,
  });
});

it('a database is asked again after an I/O error', async () => {
  await store(2);
  let errors = 1;
  const readState: typeof readProjectState = (...asked) => {
    if (errors-- > 0) throw new DatabaseReadWriteError('reading failed (SQLITE_IOERR)');
    return readProjectState(...asked);
  };
  expect(await read(RUN, readState)).toMatchObject({ type: 'project.completed' });
  expect(warned).toEqual([]);
});

it('a database that cannot be read is warned of', async () => {
  await store(2);
  const path = join(dataDir, 'training/ai_training_decisions/dalia.db');
  const HEADER_BYTES = 100;
  writeFileSync(path, readFileSync(path).fill(0xff, HEADER_BYTES));
  expect(await read()).toBeUndefined();
  expect(warned).toHaveLength(1);
});
