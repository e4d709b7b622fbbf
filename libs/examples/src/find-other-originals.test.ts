import { cpSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTempDir, hashTree, type TempDir } from '@cullstream/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeExampleOriginals } from './example-originals.js';
import { findOtherOriginals } from './find-other-originals.js';

const SEED = 1;

describe('a folder that example originals are to be written into', () => {
  let folder: TempDir;
  let written: string;
  let dir: string;

  beforeAll(async () => {
    folder = await createTempDir('other-originals');
    written = join(folder.path, 'written');
    dir = join(folder.path, 'originals');
    await writeExampleOriginals({ dir: written, seed: SEED, scale: 0.25 });
  });
  beforeEach(() => {
    rmSync(dir, { recursive: true, force: true });
    cpSync(written, dir, { recursive: true, preserveTimestamps: true });
  });
  afterAll(() => folder.remove());

  it('is theirs if they are in it, all or some of them, and stays the same', async () => {
    const before = await hashTree(dir);
    expect(await findOtherOriginals(dir, SEED)).toBeUndefined();
    await writeExampleOriginals({ dir, seed: SEED, scale: 0.25 });
    expect(await hashTree(dir)).toEqual(before);
    rmSync(join(dir, 'aurora.zip'));
    writeFileSync(join(dir, 'aurora.zip.part'), 'not complete');
    expect(await findOtherOriginals(dir, SEED)).toBeUndefined();
  });

  it('may be missing or empty, or have a file that is not complete', async () => {
    rmSync(dir, { recursive: true });
    expect(await findOtherOriginals(dir, SEED)).toBeUndefined();
    mkdirSync(dir);
    writeFileSync(join(dir, 'aurora.zip.part'), 'not complete');
    expect(await findOtherOriginals(dir, SEED)).toBeUndefined();
  });

  it('is not, where a file in the place of one of them has another time', async () => {
    for (const path of [join(dir, 'Winter Garden.zip'), join(dir, 'meadow')]) {
      rmSync(path, { recursive: true });
      if (path.endsWith('.zip')) writeFileSync(path, 'mine');
      else cpSync(join(written, 'meadow'), path, { recursive: true });
      expect(await findOtherOriginals(dir, SEED)).toContain(path);
      rmSync(path, { recursive: true });
    }
  });

  it('is not, where nothing in it is theirs, also behind a link', async () => {
    const mine = join(folder.path, 'mine');
    mkdirSync(mine);
    writeFileSync(join(mine, 'holiday.zip'), 'mine');
    symlinkSync(mine, join(folder.path, 'link'));
    for (const each of [mine, join(folder.path, 'link')])
      expect(await findOtherOriginals(each, SEED)).toBe(join(each, 'holiday.zip'));
    utimesSync(join(mine, 'holiday.zip'), 0, 0);
    expect(await findOtherOriginals(mine, SEED)).toBe(join(mine, 'holiday.zip'));
  });
});
