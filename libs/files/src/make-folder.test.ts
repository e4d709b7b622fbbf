import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from './make-folder.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cullstream-make-'));
});
afterEach(() => rmSync(root, { recursive: true }));

describe('makeFolder', () => {
  it('makes what is missing, once, whoever else does', async () => {
    const path = join(root, 'one', 'two', 'three');
    await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(root, 'one', 'other'))]);
    await makeFolder(path);
    expect(statSync(path).isDirectory()).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('gives what it makes the mode', async () => {
    await makeFolder(join(root, 'keys', 'new'), 0o700);
    expect(statSync(join(root, 'keys')).mode & 0o777).toBe(0o700);
  });

  it('fails below a file, and in place of one or of a link to nothing', async () => {
    writeFileSync(join(root, 'file'), '');
    symlinkSync('nothing', join(root, 'link'));
    await expect(makeFolder(join(root, 'file', 'below'))).rejects.toThrow('ENOTDIR');
    await expect(makeFolder(join(root, 'file'))).rejects.toThrow('EEXIST');
    await expect(makeFolder(join(root, 'link'))).rejects.toThrow('EEXIST');
  });

  it.runIf(process.platform === 'linux')('fails where no folder can be made', async () => {
    await expect(makeFolder('/proc/cullstream/below')).rejects.toThrow(/ENOENT|EACCES/);
  });
});
