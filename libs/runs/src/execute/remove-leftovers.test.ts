import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers } from './remove-leftovers.js';

/** As a process named it that is gone: numbers of processes end below. */
const LEFT = '.0123456789abcdef.npy.4194305-0123456789ab.tmp';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-leftovers-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const log = { debug: () => undefined, info: () => undefined };

describe('removeLeftovers', () => {
  it('removes what killed writers left below data and cache, and nothing else', async () => {
    const places = ['data/ai_data/embeddings', 'data/ai_data/embeddings/abc', 'cache/models'];
    for (const place of places) {
      mkdirSync(join(folder, place), { recursive: true });
      writeFileSync(join(folder, place, LEFT), 'half');
      writeFileSync(join(folder, place, 'kept.npy'), 'whole');
    }
    await removeLeftovers({ data: join(folder, 'data'), cache: join(folder, 'cache') }, log);
    const left = places.map((place) => readdirSync(join(folder, place)));
    expect(left).toEqual([['abc', 'kept.npy'], ['kept.npy'], ['kept.npy']]);
  });

  it('is content without the folders', async () => {
    const none = { data: join(folder, 'none'), cache: join(folder, 'none') };
    await expect(removeLeftovers(none, log)).resolves.toBeUndefined();
  });
});
