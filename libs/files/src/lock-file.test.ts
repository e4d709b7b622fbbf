import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tryLockFile, withFileLock } from './lock-file.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-files-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('tryLockFile', () => {
  it('lets one in, also within a process, and the next when that is done', () => {
    const lock = tryLockFile(path);
    expect(lock?.keepsOut).toBe('everybody');
    expect(tryLockFile(path)).toBeUndefined();
    lock?.release();
    const next = tryLockFile(path);
    // A second release must not release the lock of the next holder.
    lock?.release();
    expect(tryLockFile(path)).toBeUndefined();
    next?.release();
  });

  it('leaves nothing but the empty file', () => {
    tryLockFile(path)?.release();
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it('says what a file is that is no lock, and leaves it', () => {
    writeFileSync(path, '12345');
    expect(() => tryLockFile(path)).toThrow(`${path} is no lock but another file: move it away`);
  });

  it('says why a file cannot be made', () => {
    expect(() => tryLockFile(join(folder, 'none', 'lock'))).toThrow(/cannot be locked: ENOENT/);
  });
});

describe('a file system that has no locks', () => {
  it.each(['held', 'refused'] as const)('is told from a held lock when it says "%s"', (answer) => {
    const trySystem = (asked: string) =>
      asked.startsWith(folder) ? answer : { release: () => undefined };
    expect(tryLockFile(path, trySystem)?.keepsOut).toBe('this-computer');
  });

  it('is said where there is no other either', () => {
    expect(() => tryLockFile(path, () => 'refused')).toThrow('choose a folder on another drive');
  });
});

describe('withFileLock', () => {
  it('lets one at a time do its work', async () => {
    let inside = 0;
    const work = async (): Promise<number> => {
      inside += 1;
      const seen = inside;
      await new Promise(setImmediate);
      inside -= 1;
      return seen;
    };
    const seen = await Promise.all([1, 2, 3].map(() => withFileLock(path, work)));
    expect(seen).toEqual([1, 1, 1]);
  });

  it('is free again after work that failed', async () => {
    await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFileLock(path, () => Promise.resolve('done'))).toBe('done');
  });
});
