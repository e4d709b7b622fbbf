import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTempDir, type TempDir } from '@cullstream/testing';
import { makeZip } from '../../tests/make-zip.js';
import { openOriginals } from '../originals/open-originals.js';
import { listArchive } from './list-archive.js';

let folder: TempDir;
beforeAll(async () => {
  folder = await createTempDir('directories');
});
afterAll(() => folder.remove());

/** Names of the entries and offsets of their headers. */
async function list(...parts: (Buffer | string)[]): Promise<[string, number][]> {
  await writeFile(
    join(folder.path, 'a.zip'),
    Buffer.concat(parts.map((part) => Buffer.from(part))),
  );
  const entries: [string, number][] = [];
  const originals = openOriginals(folder.path);
  for await (const { name, localHeaderOffset } of listArchive(originals, 'a.zip')) {
    entries.push([name, localHeaderOffset]);
  }
  return entries;
}

const members = [{ name: 'a.png', data: Buffer.from('first') }, { name: 'b.png' }];
const kinds = { plain: {}, zip64: { zip64: true }, 'with a comment': { comment: 'holiday' } };
const secondAt = makeZip(members).lastIndexOf('PK\x03\x04');

const expected = (shift: number) => [
  ['a.png', shift],
  ['b.png', shift + secondAt],
];

describe.each(Object.entries(kinds))('an archive that is %s', (_, options) => {
  const zip = makeZip(members, options);

  test.each([
    ['a line end', '\r\n'],
    ['a script that unpacks it', `#!/bin/sh\n${'x'.repeat(2_000)}`],
    ['the mark of a split archive', 'PK\x07\x08'],
    ['more than is read at once', Buffer.alloc(1_500_000, 7)],
    ['another archive', makeZip([{ name: 'c.png' }])],
  ])('is read behind %s', async (_what, before) => {
    expect(await list(before, zip)).toEqual(expected(Buffer.byteLength(before)));
  });

  test.each([
    ['a line end', '\n'],
    ['zeros', Buffer.alloc(4_096)],
    ['more zeros than a comment can have', Buffer.alloc(300_000)],
    ['a text that begins as an end record does', `PK\x05\x06 and then ${'x'.repeat(40)}`],
  ])('is read before %s', async (_what, after) => {
    expect(await list(zip, after)).toEqual(expected(0));
  });

  test('is read between bytes on both sides', async () => {
    expect(await list('before', zip, 'after')).toEqual(expected(6));
  });

  test('is read with bytes between its directory and its end', async () => {
    const gap = Buffer.from('PK\x05\x05\x02\0ab', 'latin1');
    expect(await list(makeZip(members, { ...options, gap }))).toEqual(expected(0));
  });
});

describe('end records in a comment', () => {
  const empty = makeZip([]);

  test.each([
    ['of an empty archive', empty],
    ['of a directory that is nowhere', makeZip([{ name: 'c.png' }]).subarray(-22)],
    ['of one cut short', empty.subarray(0, 12)],
    ['sixty times', Buffer.concat(Array.from({ length: 60 }, () => empty))],
  ])('%s do not count', async (_what, comment) => {
    expect(await list(makeZip(members, { comment }))).toEqual(expected(0));
  });

  test('an archive counts that is really there, behind its own beginning', async () => {
    const inner = makeZip([{ name: 'c.png' }]);
    expect(await list(makeZip(members), inner)).toEqual([['c.png', makeZip(members).length]]);
  });
});

test('a part of a split archive says that it is one', async () => {
  const part = makeZip(members);
  part.writeUInt16LE(2, part.length - 18);
  await expect(list(part)).rejects.toThrow(/one part of a split archive.*zip -s 0/);
});

test.each([1, 20, 22, 40])('an archive without its last %d bytes is refused', async (missing) => {
  await expect(list(makeZip(members).subarray(0, -missing))).rejects.toThrow(/no zip archive/);
});
