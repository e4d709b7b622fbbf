import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeFolderWithin } from './make-folder-within.js';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'cullstream-within-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

const isMarked = true;

// The path is the system's to refuse: nothing is looked at before it.
it.skipIf(process.platform === 'win32')(
  'the system itself refuses a folder in an empty one that has just taken the place of a data folder',
  () => {
    mkdirSync(join(data, '.cullstream'));
    makeFolderWithin(data, join(data, 'ai_data/cache'), { isMarked });
    expect(existsSync(join(data, 'ai_data/cache'))).toBe(true);
    rmSync(join(data, '.cullstream'), { recursive: true });
    rmSync(join(data, 'ai_data'), { recursive: true });
    for (const name of ['ai_data', 'ai_data/cache', '.cullstream/logs']) {
      expect(() => makeFolderWithin(data, join(data, name), { isMarked })).toThrow('ENOENT');
    }
    expect(readdirSync(data)).toEqual([]);
  },
);

it('a file in the way is refused', () => {
  mkdirSync(join(data, '.cullstream'));
  writeFileSync(join(data, 'ai_data'), '');
  expect(() => makeFolderWithin(data, join(data, 'ai_data'), { isMarked })).toThrow('EEXIST');
});
