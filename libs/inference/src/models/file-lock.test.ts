import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { withFileLock } from './file-lock.js';

describe('withFileLock', () => {
  it('lets one at a time do its work', async () => {
    const path = join(await temporaryFolder(), 'x.lock');
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

  it('takes over the lock of a process that is gone', async () => {
    const path = join(await temporaryFolder(), 'x.lock');
    await writeFile(path, '4194305');
    expect(await withFileLock(path, () => Promise.resolve('done'))).toBe('done');
  });

  it('is free again after work that failed', async () => {
    const path = join(await temporaryFolder(), 'x.lock');
    await expect(withFileLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withFileLock(path, () => Promise.resolve('done'))).toBe('done');
  });
});
