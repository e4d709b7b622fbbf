import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromBuffer, type Entry } from 'yauzl';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { writeZip } from './write-zip.js';

let dir: TempDir;
let path: string;

beforeEach(async () => {
  dir = await createTempDir('zip');
  path = join(dir.path, 'a.zip');
});
afterEach(() => dir.remove());

const text = (words: string) => Buffer.from(words.repeat(50));

/** The central directory as read by another library. */
function listZip(): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    fromBuffer(readFileSync(path), { lazyEntries: false }, (error, zip) => {
      if (error !== null) {
        reject(error);
        return;
      }
      const entries: Entry[] = [];
      zip.on('entry', (entry: Entry) => entries.push(entry));
      zip.on('end', () => {
        resolve(entries);
      });
      zip.on('error', reject);
    });
  });
}

describe('writing a zip', () => {
  it('keeps order, names and sizes, and deflates', async () => {
    await writeZip(path, [
      { name: 'b/ź.png', bytes: text('one') },
      { name: 'a.png', bytes: text('two') },
    ]);
    const entries = await listZip();
    expect(entries.map(({ fileName }) => fileName)).toEqual(['b/ź.png', 'a.png']);
    expect(entries.map(({ uncompressedSize }) => uncompressedSize)).toEqual([150, 150]);
    expect(entries.every(({ compressedSize }) => compressedSize < 150)).toBe(true);
  });

  it('stores entries as they are', async () => {
    await writeZip(path, [{ name: 'a.png', bytes: text('one') }], { stored: true });
    expect(readFileSync(path).includes(text('one'))).toBe(true);
  });

  it('takes the same name twice', async () => {
    const twice = [text('one'), text('two')].map((bytes) => ({ name: 'a.png', bytes }));
    await writeZip(path, twice);
    expect(await listZip()).toHaveLength(2);
  });

  it('gives the same bytes twice', async () => {
    const entries = [{ name: 'a.png', bytes: text('one') }];
    await writeZip(path, entries);
    const before = readFileSync(path);
    await writeZip(path, entries);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('writes ZIP64 records on demand', async () => {
    await writeZip(path, [{ name: 'a.png', bytes: text('one') }], { zip64: true });
    expect(readFileSync(path).includes(Buffer.from('PK\x06\x06', 'latin1'))).toBe(true);
    expect(await listZip()).toMatchObject([{ fileName: 'a.png', uncompressedSize: 150 }]);
  });

  it('lies about single entries on demand, in both headers', async () => {
    await writeZip(path, [
      { name: 'sound.png', bytes: text('one') },
      { name: 'locked.png', bytes: text('two'), encrypted: true },
      { name: 'odd.png', bytes: text('six'), method: 12, crc32: 1 },
    ]);
    const entries = await listZip();
    expect(entries.map((entry) => entry.isEncrypted())).toEqual([false, true, false]);
    expect(entries.map(({ compressionMethod }) => compressionMethod)).toEqual([8, 8, 12]);
    expect(entries.map((entry) => entry.crc32)).toEqual([
      crc32(text('one')),
      crc32(text('two')),
      1,
    ]);
    const archive = readFileSync(path);
    const local = entries.map(({ relativeOffsetOfLocalHeader: at }) => [
      archive.readUInt16LE(at + 6) & 1,
      archive.readUInt16LE(at + 8),
    ]);
    expect(local).toEqual([
      [0, 8],
      [1, 8],
      [0, 12],
    ]);
  });

  it('refuses to lie in an archive with ZIP64 records', async () => {
    const entries = [{ name: 'a.png', bytes: text('one'), encrypted: true }];
    await expect(writeZip(path, entries, { zip64: true })).rejects.toThrow('not of ZIP64');
  });
});
