import { mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startS3Server, type S3Server } from '@cullstream/testing/s3-server';
import { makeZip } from '../../tests/make-zip.js';
import { listArchive } from '../archive/list-archive.js';
import { createRetryingReader } from '../source/retrying-reader.js';
import { SourceGuard } from '../source/source-guard.js';
import { createSourceReader } from '../source/source-reader.js';
import { openOriginals } from './open-originals.js';
import { isThere, type Originals } from './originals.js';

let folder: string;
let server: S3Server;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-originals-'));
  // So that lists have several pages.
  server = await startS3Server({ pageKeys: 2 });
  for (const [name, value] of Object.entries(server.environment)) vi.stubEnv(name, value);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await server.close();
  await rm(folder, { recursive: true });
});

/** What a place can be made of, and how to put and remove something in it. */
interface Place {
  readonly place: () => string;
  readonly put: (path: string, bytes: Uint8Array) => Promise<void>;
  readonly remove: (path: string) => Promise<void>;
}

const places: Record<string, Place> = {
  'a folder': {
    place: () => join(folder, 'originals'),
    async put(path, bytes) {
      const file = join(folder, 'originals', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
    },
    remove: (path) => unlink(join(folder, 'originals', path)),
  },
  'a bucket': {
    place: () => `s3://${server.bucket}/some/originals`,
    put: (path, bytes) => server.put(`some/originals/${path}`, bytes),
    remove: (path) => server.remove(`some/originals/${path}`),
  },
};

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each(Object.entries(places))('originals in %s', (_name, { place, put, remove }) => {
  let originals: Originals;
  beforeAll(async () => {
    await put('one.zip', makeZip([{ name: 'a.png', data: Buffer.from('first') }]));
    await put('loose/b.png', Buffer.from('second'));
    await put('loose/inner/ü c+d.png', Buffer.from('third'));
    await put('loose/@eaDir/thumb.png', Buffer.from('none'));
    await put('loose/empty.png', Buffer.alloc(0));
    originals = openOriginals(place());
  });

  it('list what is directly in a folder', async () => {
    const namesIn = async (path: string) =>
      (await originals.list(path)).map(({ name, kind }) => `${kind} ${name}`).sort();
    expect(await namesIn('')).toEqual(['file one.zip', 'folder loose']);
    expect(await namesIn('loose')).toEqual([
      ...['file b.png', 'file empty.png', 'folder @eaDir', 'folder inner'],
    ]);
  });

  it('say what a path leads to', async () => {
    await originals.check();
    expect(await originals.look('')).toMatchObject({ kind: 'folder' });
    expect(await originals.look('loose')).toMatchObject({ kind: 'folder' });
    expect(await originals.look('loose/b.png')).toMatchObject({ kind: 'file', size: 6 });
    await expect(originals.look('loose/x.png')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await isThere(originals, 'loo')).toBe(false);
    expect(originals.toText('loose/b.png')).toBe(`${place()}/loose/b.png`);
    expect(await originals.resolve('loose/b.png')).toBe(
      `${await originals.resolve('')}/loose/b.png`,
    );
  });

  it('list the files below a folder, without those of systems', async () => {
    const { files, unreadable } = await originals.listFiles('loose');
    expect(files.map(({ name, size }) => [name, size])).toEqual([
      ...[
        ['b.png', 6],
        ['empty.png', 0],
        ['inner/ü c+d.png', 5],
      ],
    ]);
    expect(unreadable).toEqual([]);
    for (const { modifiedMs } of files) expect(Date.now() - modifiedMs).toBeLessThan(600_000);
    await expect(originals.listFiles('none')).rejects.toThrow(`${place()}/none`);
  });

  it('read pieces of a file, fewer bytes only at its end', async () => {
    const file = await originals.open('loose/b.png');
    const piece = Buffer.alloc(4);
    expect([file.size, await file.read(piece, 1), text(piece)]).toEqual([6, 4, 'econ']);
    expect([await file.read(piece, 4), text(piece.subarray(0, 2))]).toEqual([2, 'nd']);
    expect(await file.read(piece, 6)).toBe(0);
    await file.close();
    await expect(originals.open('gone.zip')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('read whole files, if they have the expected size', async () => {
    const whole = await originals.readWhole('loose/inner/ü c+d.png', 5);
    expect(whole === undefined ? undefined : text(whole)).toBe('third');
    expect((await originals.readWhole('loose/empty.png', 0))?.length).toBe(0);
    for (const size of [4, 6, 0]) {
      expect(await originals.readWhole('loose/inner/ü c+d.png', size)).toBeUndefined();
    }
  });

  it('give the entries of archives, also after an archive was replaced by another with the same image', async () => {
    const members = (...data: string[]) =>
      makeZip(data.map((each, index) => ({ name: `${index}.png`, data: Buffer.from(each) })));
    await put('two.zip', members('alpha', 'beta'));
    const sources = [];
    for await (const { index, name: _, ...entry } of listArchive(originals, 'two.zip')) {
      sources.push({ kind: 'zip-entry' as const, archive: 'two.zip', entryIndex: index, ...entry });
    }
    const [first, second] = sources;
    if (first === undefined || second === undefined) throw new Error('entries are missing');
    const reader = createSourceReader({ originalsDir: place(), maxBytes: 1000 });
    expect(text(await reader.read(first))).toBe('alpha');
    await put('two.zip', members('alpha', 'other'));
    expect(text(await reader.read(first))).toBe('alpha');
    await expect(reader.read(second)).rejects.toMatchObject({ name: 'PermanentError' });
    await remove('two.zip');
    await expect(reader.read(second)).rejects.toThrow();
    await reader.close();
  });
});

describe('a bucket', () => {
  const content = Buffer.from(Array.from({ length: 300_000 }, (_unused, index) => index % 251));
  const inTime = () => openOriginals(`s3://${server.bucket}`, { answerWithinMs: 300 });
  beforeAll(() => server.put('faults/a.png', content));

  it('is asked again when it is busy, or when connections break, also in the middle of a body', async () => {
    const originals = openOriginals(`s3://${server.bucket}`);
    server.fail(['busy', 'cut', 'half', 'half']);
    const read = await originals.readWhole('faults/a.png', content.length);
    expect(read?.equals(content)).toBe(true);
    expect(server.requests.map(({ range }) => range)).toEqual([
      ...[undefined, undefined, undefined],
      ...[expect.stringMatching(/^bytes=[1-9]/), expect.stringMatching(/^bytes=[1-9]/)],
    ]);
  });

  it.each(['silent', 'stalled'] as const)('does not hang where it is %s', async (fault) => {
    server.fail({ always: fault });
    const reading = inTime().readWhole('faults/a.png', content.length);
    await expect(reading).rejects.toMatchObject({ code: 'ETIMEDOUT', problem: 'does not answer' });
  });

  it('never gives bytes of two versions of an object', async () => {
    server.fail([]);
    const file = await inTime().open('faults/a.png');
    const piece = Buffer.alloc(1000);
    await file.read(piece, 0);
    await server.put('faults/a.png', Buffer.concat([Buffer.from('new'), content]));
    await expect(file.read(piece, 1000)).rejects.toMatchObject({ code: 'ESTALE' });
    await server.put('faults/a.png', content);
  });

  it('that cannot be reached is waited for', async () => {
    const originalsDir = `s3://${server.bucket}`;
    const said: string[] = [];
    const tell = (_fields: object, message: string) => said.push(message);
    const guard = new SourceGuard({ originalsDir, log: { warn: tell, info: tell } });
    const { signal } = new AbortController();
    const reader = createRetryingReader(createSourceReader({ originalsDir, maxBytes: 1e6 }), {
      ...{ guard, signal, lookEveryMs: 5, faultDelayMs: 1 },
    });
    server.fail({ always: 'cut' });
    const source = { kind: 'file' as const, path: 'faults/a.png', size: content.length };
    const reading = reader.read({ ...source, modifiedMs: 0 });
    await expect
      .poll(() => said, { timeout: 10_000 })
      .toEqual([
        `${originalsDir} cannot be reached (ECONNRESET); check endpoint and network; ` +
          'the work waits, and continues by itself when it is back',
      ]);
    server.fail([]);
    expect((await reading).equals(content)).toBe(true);
    expect(said.at(-1)).toBe('it is there again: the work continues');
    await reader.close();
  });
});
