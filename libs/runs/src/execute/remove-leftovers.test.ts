import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from './remove-leftovers.js';

/** As a process named it that is gone: numbers of processes end below. */
const LEFT = '.0123456789abcdef.npy.4194305-0123456789ab.tmp';
/** Every folder that processes of a run write into. */
const WRITTEN = [
  ...['data/.cullstream', 'data/ai_data', 'data/ai_data/cache', 'data/ai_data/models'],
  ...['data/ai_data/embeddings', 'data/ai_data/embeddings/abc'],
  ...['data/training/ai_training_decisions', 'cache', 'cache/models', 'cache/profiles'],
] as const;

let folder: string;
let logged: unknown[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-leftovers-'));
  logged = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const remove = () =>
  removeLeftovers(
    { data: join(folder, 'data'), cache: join(folder, 'cache') },
    {
      debug: (...line: unknown[]) => void logged.push(line),
      info: (...line: unknown[]) => void logged.push(line),
    },
  );

describe('removeLeftovers', () => {
  it('removes what killed writers left below data and cache, says so, and removes nothing else', async () => {
    for (const place of WRITTEN) {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, LEFT), 'half');
      writeFileSync(join(folder, place, 'kept.npy'), 'whole');
    }
    await remove();
    for (const place of WRITTEN) {
      const files = readdirSync(join(folder, place), { withFileTypes: true });
      expect(files.filter((file) => file.isFile()).map(({ name }) => name)).toEqual(['kept.npy']);
    }
    expect(logged).toHaveLength(WRITTEN.length);
    expect(logged[0]).toEqual([
      { removed: [join(folder, WRITTEN[0], LEFT)] },
      'what killed processes left is removed',
    ]);
    logged = [];
    await remove();
    expect(logged).toEqual([]);
  });

  it('is content without the folders', async () => {
    await expect(remove()).resolves.toBeUndefined();
    expect(logged).toEqual([]);
  });

  it('says at debug level where it cannot look', async () => {
    writeFileSync(join(folder, 'cache'), 'no folder');
    await remove();
    expect(logged).toContainEqual([
      { folder: join(folder, 'cache'), reason: expect.any(String) },
      'leftovers cannot be looked for',
    ]);
  });
});
