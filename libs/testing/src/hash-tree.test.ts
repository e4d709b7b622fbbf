import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hashTree } from './hash-tree.js';
import { createTempDir, type TempDir } from './temp-dir.js';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
let dir: TempDir;
let file: string;

beforeEach(async () => {
  dir = await createTempDir('tree');
  mkdirSync(join(dir.path, 'a/b'), { recursive: true });
  file = join(dir.path, 'a/b/empty.txt');
  writeFileSync(file, '');
  utimesSync(file, 1000, 1000);
});
afterEach(() => dir.remove());

describe('the hash of a tree', () => {
  it('names every file with its digest and time', async () => {
    expect(await hashTree(dir.path)).toEqual({ 'a/b/empty.txt': `${EMPTY_SHA256} 1000000` });
  });

  it('changes with the bytes', async () => {
    const before = await hashTree(dir.path);
    writeFileSync(file, 'x');
    utimesSync(file, 1000, 1000);
    expect(await hashTree(dir.path)).not.toEqual(before);
  });

  it('changes with the time alone', async () => {
    const before = await hashTree(dir.path);
    utimesSync(file, 1000, 1001);
    expect(await hashTree(dir.path)).not.toEqual(before);
  });
});
