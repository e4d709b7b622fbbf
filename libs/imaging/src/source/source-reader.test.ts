import { mkdir, mkdtemp, readdir, readlink, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError, type FailureReason, type ImageSource } from '@cullstream/contracts';
import { makeNoise } from '../../tests/make-noise.js';
import { extraField, makeZip, type ZipMember } from '../../tests/make-zip.js';
import { listArchive } from '../archive/list-archive.js';
import { openOriginals } from '../originals/open-originals.js';
import { createSourceReader, type SourceReader } from './source-reader.js';

let originalsDir: string;
let reader: SourceReader;
beforeEach(async () => {
  originalsDir = await mkdtemp(join(tmpdir(), 'cullstream-originals-'));
  reader = createSourceReader({ originalsDir, maxBytes: 100_000, maxOpenFiles: 2 });
});
afterEach(async () => {
  await reader.close();
  await rm(originalsDir, { recursive: true, force: true });
});

const picture = Buffer.concat([Buffer.from(makeNoise(3000, 1)), Buffer.alloc(20_000, 7)]);

async function writeZip(
  archive: string,
  members: readonly ZipMember[],
  spaceBytes = 0,
): Promise<ImageSource[]> {
  const gap = Buffer.alloc(spaceBytes);
  await writeFile(join(originalsDir, archive), makeZip(members, { gap }));
  return sourcesIn(archive);
}

async function sourcesIn(archive: string): Promise<ImageSource[]> {
  const sources: ImageSource[] = [];
  for await (const { index, name: _, ...entry } of listArchive(
    openOriginals(originalsDir),
    archive,
  )) {
    sources.push({ kind: 'zip-entry', archive, entryIndex: index, ...entry });
  }
  return sources;
}

async function only(member: ZipMember, spaceBytes = 0): Promise<ImageSource> {
  const [source] = await writeZip('one.zip', [member], spaceBytes);
  if (source === undefined) throw new Error('the archive lists no entry');
  return source;
}

function failsWith(read: Promise<Buffer>, reason: FailureReason): Promise<void> {
  return expect(read).rejects.toMatchObject({ name: 'PermanentError', reason });
}

describe('reading an entry', () => {
  test.each([0, 8])('gives its bytes, method %i', async (method) => {
    expect(await reader.read(await only({ name: 'a.png', data: picture, method }))).toEqual(
      picture,
    );
  });

  test('tells the bytes that were read, and those that came of inflating them', async () => {
    const told: [string, number][] = [];
    const onRead = (stage: string, _ms: number, bytes: number) => told.push([stage, bytes]);
    const watched = createSourceReader({ originalsDir, maxBytes: 100_000, onRead });
    const source = await only({ name: 'a.png', data: picture, method: 8 });
    const packed = source.kind === 'zip-entry' ? source.compressedSize : 0;
    await watched.read(source);
    await writeFile(join(originalsDir, 'b.png'), picture);
    await watched.read({ kind: 'file', path: 'b.png', size: picture.length, modifiedMs: 0 });
    await watched.close();
    expect(told).toEqual([
      ['inflate', picture.length],
      ['read', packed],
      ['read', picture.length],
    ]);
  });

  test('finds data behind long names and fields that only the local header has', async () => {
    const name = `${'long/'.repeat(100)}a.png`;
    const localExtra = extraField(0xcafe, Buffer.alloc(5000));
    const source = await only({ name, data: picture, localExtra });
    expect(await reader.read(source)).toEqual(picture);
  });

  test.runIf(process.platform === 'linux')(
    'reads many entries of more archives than stay open at once',
    async () => {
      const sources = await Promise.all(
        [1, 2, 3, 4, 5].map((at) =>
          writeZip(
            `${at}.zip`,
            [1, 2, 3].map((n) => ({ name: 'x', data: Buffer.alloc(9, at * n) })),
          ),
        ),
      );
      const read = await Promise.all(sources.flat().map((source) => reader.read(source)));
      expect(read.map((bytes) => bytes[0])).toEqual([
        1, 2, 3, 2, 4, 6, 3, 6, 9, 4, 8, 12, 5, 10, 15,
      ]);
      await expect.poll(countOpen).toBeLessThanOrEqual(2);
    },
  );

  test.each<[FailureReason, ZipMember]>([
    ['encrypted-entry', { name: 'a', data: picture, flags: 1 }],
    ['unsupported-compression', { name: 'a', data: picture, method: 12 }],
    ['crc-mismatch', { name: 'a', data: picture, crc: 1 }],
    ['unreadable-entry', { name: 'a', data: picture, size: picture.length - 1 }],
    ['unreadable-entry', { name: 'a', data: picture, size: picture.length + 1 }],
    ['unreadable-entry', { name: 'a', data: picture, method: 0, size: picture.length + 1 }],
    ['empty-file', { name: 'a' }],
    ['image-too-large', { name: 'a', data: Buffer.alloc(100_001) }],
    ['image-too-large', { name: 'a', data: picture, size: 4_000_000_000 }],
  ])('fails for good with %s', async (reason, member) => {
    await failsWith(reader.read(await only(member)), reason);
  });

  test.each([
    ['beyond the end of the archive', { size: 90_000, packedSize: 90_000, spaceBytes: 0 }],
    ['more than its 10 bytes can need', { size: 10, packedSize: 90_000, spaceBytes: 100_000 }],
    ['more than 5 compressed ones can hold', { size: 5161, packedSize: 5, spaceBytes: 0 }],
  ])('refuses an entry that claims what is %s', async (problem, claim) => {
    const { spaceBytes, ...sizes } = claim;
    const member = { name: 'a', data: Buffer.from('short'), ...sizes };
    const source = await only(member, spaceBytes);
    await failsWith(reader.read(source), 'unreadable-entry');
    await expect(reader.read(source)).rejects.toThrow(problem);
  });

  test('takes what deflate makes of noise, and bytes behind the end of the data', async () => {
    const noise = Buffer.from(makeNoise(50_000, 3));
    expect(await reader.read(await only({ name: 'a', data: noise }))).toEqual(noise);
    const packedSize = deflateRawSync(picture).length + 1_000;
    const source = await only({ name: 'a', data: picture, packedSize }, 2_000);
    expect(await reader.read(source)).toEqual(picture);
  });

  test('reads an entry of an archive that does not begin with the file', async () => {
    const sound = makeZip([{ name: 'a', data: picture }]);
    const path = join(originalsDir, 'behind.zip');
    await writeFile(path, Buffer.concat([Buffer.from('a line\r\n'), sound, Buffer.from('\n')]));
    const [source] = await sourcesIn('behind.zip');
    if (source === undefined) throw new Error('the archive lists no entry');
    expect(await reader.read(source)).toEqual(picture);
  });

  test('a flipped byte of deflated data is found', async () => {
    const source = await only({ name: 'a', data: picture });
    const bytes = makeZip([{ name: 'a', data: picture }]);
    bytes[200] = (bytes[200] ?? 0) ^ 1;
    await writeFile(join(originalsDir, 'one.zip'), bytes);
    await expect(reader.read(source)).rejects.toMatchObject({ name: 'PermanentError' });
  });

  test('an archive cut short fails the entries behind the cut', async () => {
    const source = await only({ name: 'a', data: picture });
    const bytes = makeZip([{ name: 'a', data: picture }]);
    await writeFile(join(originalsDir, 'one.zip'), bytes.subarray(0, 500));
    await failsWith(reader.read(source), 'unreadable-entry');
  });

  test('an archive that was replaced is read as it is now', async () => {
    await reader.read(await only({ name: 'a', data: picture }));
    const [, after] = await writeZip('new.zip', [
      { name: 'b', data: picture },
      { name: 'c', data: Buffer.from('new') },
    ]);
    await rename(join(originalsDir, 'new.zip'), join(originalsDir, 'one.zip'));
    if (after === undefined) throw new Error('the archive lists no entry');
    const source = { ...after, archive: 'one.zip' } as ImageSource;
    expect((await reader.read(source)).toString()).toBe('new');
  });

  test('an entry whose header is somewhere else fails alone', async () => {
    const source = await only({ name: 'a', data: picture });
    await failsWith(
      reader.read({ ...source, localHeaderOffset: 9 } as ImageSource),
      'unreadable-entry',
    );
    expect(await reader.read(source)).toEqual(picture);
  });
});

describe('reading a file', () => {
  const file = (path: string, size: number): ImageSource => ({
    kind: 'file',
    path,
    size,
    modifiedMs: 0,
  });

  test('gives its bytes', async () => {
    await mkdir(join(originalsDir, 'folder'));
    await writeFile(join(originalsDir, 'folder/a.png'), picture);
    expect(await reader.read(file('folder/a.png', picture.length))).toEqual(picture);
  });

  test.each<[FailureReason, string, number]>([
    ['source-changed', 'a.png', 5],
    ['file-missing', 'b.png', 4],
    ['file-missing', 'a.png/b.png', 4],
    ['empty-file', 'empty.png', 0],
    ['image-too-large', 'a.png', 100_001],
    ['unreadable-entry', 'folder', 4096],
    ['file-missing', '../a.png', 4],
    ['file-missing', 'x/../../a.png', 4],
    ['file-missing', '/etc/hostname', 4],
    ['file-missing', 'a\0.png', 4],
  ])('fails for good with %s: %j', async (reason, path, size) => {
    await mkdir(join(originalsDir, 'folder'));
    await writeFile(join(originalsDir, 'a.png'), 'abcd');
    await writeFile(join(originalsDir, 'empty.png'), '');
    const length = path === 'folder' ? await folderSize() : size;
    await failsWith(reader.read(file(path, length)), reason);
  });

  test('a missing originals folder is a passing fault: the disk may come back', async () => {
    await writeFile(join(originalsDir, 'a.png'), 'abcd');
    await rename(originalsDir, `${originalsDir}-away`);
    await expect(reader.read(file('a.png', 4))).rejects.toBeInstanceOf(TransientError);
    await rename(`${originalsDir}-away`, originalsDir);
    expect((await reader.read(file('a.png', 4))).toString()).toBe('abcd');
  });

  async function folderSize(): Promise<number> {
    return (await stat(join(originalsDir, 'folder'))).size;
  }
});

/** Open descriptors of this process that lead below the originals folder. */
async function countOpen(): Promise<number> {
  const links = await Promise.all(
    (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
  );
  return links.filter((path) => path.startsWith(originalsDir)).length;
}
