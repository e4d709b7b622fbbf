import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileOnce, nameFileOnce } from './create-file-once.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const noLinks = () => {
  throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' });
};

describe('createFileOnce', () => {
  it('writes what is not there, and leaves what is', () => {
    const path = join(folder, 'marker.json');
    expect(createFileOnce(path, 'first')).toBe(true);
    expect(createFileOnce(path, 'second')).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('first');
    expect(readdirSync(folder)).toEqual(['marker.json']);
  });

  it('says what is wrong with the folder', () => {
    expect(() => createFileOnce(join(folder, 'none', 'a'), '')).toThrow('ENOENT');
  });
});

describe('nameFileOnce on a file system without hard links', () => {
  it('names a file, and never replaces one', () => {
    const path = join(folder, 'marker.json');
    for (const name of ['one', 'two']) writeFileSync(join(folder, name), name);
    expect(nameFileOnce(join(folder, 'one'), path, noLinks)).toBe(true);
    expect(nameFileOnce(join(folder, 'two'), path, noLinks)).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('one');
  });
});
