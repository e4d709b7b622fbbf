import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  openRegularFile,
  openRegularFileSync,
  readRegularFile,
  refuseOtherThanFile,
} from './open-regular-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'regular-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('opening regular files alone', () => {
  it('takes a file, and a link to one', async () => {
    writeFileSync(join(folder, 'file'), 'content');
    symlinkSync('file', join(folder, 'link'));
    expect((await readRegularFile(join(folder, 'link'))).toString()).toBe('content');
    expect(() => refuseOtherThanFile(join(folder, 'link'))).not.toThrow();
    expect(() => refuseOtherThanFile(join(folder, 'none'))).not.toThrow();
  });

  it('refuses a folder as the system does', async () => {
    mkdirSync(join(folder, 'below'));
    await expect(openRegularFile(join(folder, 'below'))).rejects.toMatchObject({ code: 'EISDIR' });
  });

  it.skipIf(process.platform === 'win32')(
    'refuses pipes and devices at once, also behind links, however they are to be opened',
    async () => {
      spawnSync('mkfifo', [join(folder, 'pipe')]);
      symlinkSync('pipe', join(folder, 'link'));
      const refusal = { code: 'EFTYPE', path: join(folder, 'link') };
      await expect(openRegularFile(join(folder, 'link'))).rejects.toMatchObject(refusal);
      await expect(openRegularFile('/dev/zero')).rejects.toMatchObject({ code: 'EFTYPE' });
      for (const mode of ['r', 'r+'] as const) {
        expect(() => openRegularFileSync(join(folder, 'link'), mode)).toThrow(/not a regular file/);
      }
      expect(() => refuseOtherThanFile(join(folder, 'link'))).toThrow(/EFTYPE/);
    },
  );
});
