import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { extraField, makeZip, type ZipMember, type ZipOptions } from '../../tests/make-zip.js';
import type { ArchiveEntry } from './archive-entry.js';
import { ArchiveError } from './archive-error.js';
import { openOriginals } from '../originals/open-originals.js';
import { listArchive } from './list-archive.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-archives-'));
});
afterAll(() => rm(folder, { recursive: true }));

let files = 0;
async function list(bytes: Buffer): Promise<ArchiveEntry[]> {
  files += 1;
  const archive = `${files}.zip`;
  await writeFile(join(folder, archive), bytes);
  const entries: ArchiveEntry[] = [];
  for await (const entry of listArchive(openOriginals(folder), archive)) entries.push(entry);
  return entries;
}

async function names(members: readonly ZipMember[], options?: ZipOptions): Promise<string[]> {
  return (await list(makeZip(members, options))).map(({ name }) => name);
}

function unicodePath(raw: string, name: string): Buffer {
  const data = Buffer.alloc(5);
  data[0] = 1;
  data.writeUInt32LE(crc32(raw), 1);
  return extraField(0x7075, Buffer.concat([data, Buffer.from(name)]));
}

const picture = Buffer.from('not really a picture, but long enough to deflate, deflate, deflate');

/** 2026-03-04 and 05:06:08 as MS-DOS counts them. */
const DATE = (46 << 9) | (3 << 5) | 4;
const TIME = (5 << 11) | (6 << 5) | 4;

describe('listing an archive', () => {
  test('describes an entry by its directory header', async () => {
    const member = { name: 'a.png', data: picture, method: 0, dosDate: DATE, dosTime: TIME };
    const [entry] = await list(makeZip([member]));
    expect(entry).toEqual({
      index: 0,
      name: 'a.png',
      method: 0,
      encrypted: false,
      compressedSize: picture.length,
      size: picture.length,
      crc32: crc32(picture),
      localHeaderOffset: 0,
      modifiedMs: Date.UTC(2026, 2, 4, 5, 6, 8),
    });
  });

  test.each([
    ['Info-ZIP', false],
    ['macOS', true],
  ])('takes the time from the extended timestamp of %s', async (_, macos) => {
    const extra = Buffer.alloc(9);
    extra.writeUInt16LE(0x5455, 0);
    extra.writeUInt16LE(5, 2);
    extra[4] = 1;
    extra.writeInt32LE(1_772_600_767, 5);
    const member = { name: 'a.png', data: picture, dosDate: DATE, dosTime: TIME, extra };
    const [entry] = await list(makeZip([member], { macos }));
    expect(entry?.modifiedMs).toBe(1_772_600_767_000);
  });

  test('keeps entries of one name apart by index', async () => {
    const entries = await list(makeZip([{ name: 'a.png' }, { name: 'a.png', data: picture }]));
    expect(entries.map(({ index, name, size }) => [index, name, size])).toEqual([
      [0, 'a.png', 0],
      [1, 'a.png', picture.length],
    ]);
  });

  test('leaves folders out and counts them', async () => {
    const entries = await list(makeZip([{ name: 'a.png/' }, { name: 'a.png/b.png' }]));
    expect(entries.map(({ index, name }) => [index, name])).toEqual([[1, 'a.png/b.png']]);
  });

  test('reads names as UTF-8 where they are valid, flag or not', async () => {
    const name = 'Zażółć/gęślą.png';
    expect(await names([{ name }, { name, flags: 0x800 }])).toEqual([name, name]);
  });

  test('reads all other names as CP437', async () => {
    expect(await names([{ name: Buffer.from([0x81, 0x2e, 0x70, 0x6e, 0x67]) }])).toEqual(['ü.png']);
  });

  test('prefers a Unicode path field that fits the name', async () => {
    const fits = { name: 'a_.png', extra: unicodePath('a_.png', 'aé.png') };
    const stale = { name: 'b_.png', extra: unicodePath('other.png', 'bé.png') };
    expect(await names([fits, stale])).toEqual(['aé.png', 'b_.png']);
  });

  test('makes odd names harmless labels', async () => {
    const odd = ['/etc/a.png', '../../b.png', 'x\\y\\c.png', 'd\n.png', './e.png', '..'];
    expect(await names(odd.map((name) => ({ name })))).toEqual([
      'etc/a.png',
      'b.png',
      'x/y/c.png',
      'd\ufffd.png',
      'e.png',
      'entry-5',
    ]);
  });

  test('ends a name at its first NUL, as unzip and Python do', async () => {
    const odd = ['a.png\0', 'b.png\0.txt', 'c\0.png', '\0\0'];
    expect(await names(odd.map((name) => ({ name })))).toEqual(['a.png', 'b.png', 'c', 'entry-3']);
  });

  test('keeps the end of a name that is longer than any path', async () => {
    const [name] = await names([{ name: `${'é/'.repeat(15_000)}b.png` }]);
    expect(name).toHaveLength(4096);
    expect(name?.endsWith('é/é/b.png')).toBe(true);
  });

  test('takes sizes beyond all numbers for the largest there is', async () => {
    const claims = Buffer.alloc(16);
    claims.writeBigUInt64LE(2n ** 62n, 0);
    claims.writeBigUInt64LE(2n ** 64n - 1n, 8);
    const zip64 = extraField(1, claims);
    const zip = makeZip([
      { name: 'a.png', size: 0xffffffff, packedSize: 0xffffffff, extra: zip64 },
    ]);
    const [entry] = await list(zip);
    expect(entry).toMatchObject({
      size: Number.MAX_SAFE_INTEGER,
      compressedSize: Number.MAX_SAFE_INTEGER,
    });
  });

  test('marks encrypted entries, and goes on behind those of strong encryption', async () => {
    const entries = await list(
      makeZip([{ name: 'a.png', flags: 1 }, { name: 'b.png', flags: 0x41 }, { name: 'c.png' }]),
    );
    expect(entries.map(({ index, name, encrypted }) => [index, name, encrypted])).toEqual([
      [0, 'a.png', true],
      [1, 'b.png', true],
      [2, 'c.png', false],
    ]);
  });

  test('goes on behind extra fields that make no sense', async () => {
    const bad = Buffer.from([1, 0, 0xff, 0xff, 7]);
    expect(await names([{ name: 'a.png', extra: bad }, { name: 'b.png' }])).toEqual([
      'a.png',
      'b.png',
    ]);
  });

  test('lists an empty archive', async () => {
    expect(await names([])).toEqual([]);
  });

  test('reads an archive with a comment', async () => {
    expect(await names([{ name: 'a.png' }], { comment: 'holiday' })).toEqual(['a.png']);
  });
});

describe('an archive that cannot be listed', () => {
  const sound = makeZip([{ name: 'a.png', data: picture }, { name: 'b.png' }]);

  test.each<[string, Buffer]>([
    ['is empty', Buffer.alloc(0)],
    ['is something else', Buffer.from('hello, this is a text and not an archive')],
    ['has no end', sound.subarray(0, -10)],
    ['counts fewer entries than it has', withByte(sound, sound.length - 12, 1)],
    ['counts more entries than it has', withByte(sound, sound.length - 12, 9)],
    ['lost its beginning', sound.subarray(40)],
  ])('%s: the error names it', async (_, bytes) => {
    const error: unknown = await list(bytes).catch((cause: unknown) => cause);
    expect(error).toBeInstanceOf(ArchiveError);
    expect(error).toMatchObject({ path: join(folder, `${files}.zip`) });
    expect((error as ArchiveError).cause).toBeInstanceOf(Error);
  });

  test('is not there: the error names it', async () => {
    await expect(listArchive(openOriginals(folder), 'absent.zip').next()).rejects.toThrow(
      ArchiveError,
    );
  });

  test.skipIf(process.platform === 'win32')('is a pipe: the error says so in words', async () => {
    spawnSync('mkfifo', [join(folder, 'pipe.zip')]);
    const listing = listArchive(openOriginals(folder), 'pipe.zip').next();
    await expect(listing).rejects.toThrow(/pipe\.zip: is a pipe, a device or a socket, or a link/);
    await expect(listing).rejects.not.toThrow('EFTYPE');
  });
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
