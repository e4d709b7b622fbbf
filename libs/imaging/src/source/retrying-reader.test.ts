import { mkdir, mkdtemp, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TransientError, type ImageSource } from '@cullstream/contracts';
import { makeZip } from '../../tests/make-zip.js';
import { listArchive } from '../archive/list-archive.js';
import { openOriginals } from '../originals/open-originals.js';
import { createRetryingReader, type RetryingReader } from './retrying-reader.js';
import { SourceGuard } from './source-guard.js';
import { createSourceReader, type SourceReader } from './source-reader.js';

let originalsDir: string;
let said: string[];
let leaving: AbortController;
let reader: RetryingReader;
beforeEach(async () => {
  originalsDir = await mkdtemp(join(tmpdir(), 'cullstream-patient-'));
  await mkdir(join(originalsDir, 'folder'));
  for (const name of ['a.png', 'b.png']) await writeFile(join(originalsDir, 'folder', name), name);
  said = [];
  leaving = new AbortController();
  reader = patient(createSourceReader({ originalsDir, maxBytes: 100_000 }));
});
afterEach(async () => {
  await reader.close();
  await rm(originalsDir, { recursive: true, force: true });
});

function patient(source: SourceReader, patienceMs?: number): RetryingReader {
  const log = {
    warn: (_fields: object, message: string) => said.push(message),
    info: (_fields: object, message: string) => said.push(message),
  };
  const guard = new SourceGuard({
    originalsDir,
    log,
    ...(patienceMs !== undefined && { patienceMs }),
  });
  const { signal } = leaving;
  return createRetryingReader(source, { guard, signal, lookEveryMs: 5, faultDelayMs: 1 });
}

const file = (path: string): ImageSource => ({ kind: 'file', path, size: 5, modifiedMs: 0 });
const below = (name: string) => join(originalsDir, name);

async function writeEntries(archive: string, ...contents: string[]): Promise<ImageSource[]> {
  const members = contents.map((text, index) => ({
    name: `${index}.png`,
    data: Buffer.from(text),
  }));
  await writeFile(below(archive), makeZip(members));
  const sources: ImageSource[] = [];
  for await (const { index, name: _, ...entry } of listArchive(
    openOriginals(originalsDir),
    archive,
  )) {
    sources.push({ kind: 'zip-entry', archive, entryIndex: index, ...entry });
  }
  return sources;
}

/** A reader that fails the given number of times, like a disk with a bad sector. */
function failing(times: number, code: string): SourceReader & { tries(): number } {
  let tries = 0;
  return {
    read() {
      tries += 1;
      if (tries > times) return Promise.resolve(Buffer.from('image'));
      const cause = Object.assign(new Error(code), { code, syscall: 'read' });
      return Promise.reject(new TransientError('cannot be read now', { cause }));
    },
    close: () => Promise.resolve(),
    tries: () => tries,
  };
}

describe('a patient reader', () => {
  test('fails a file that is gone while its folder is there', async () => {
    await unlink(below('folder/a.png'));
    await expect(reader.read(file('folder/a.png'))).rejects.toMatchObject({
      reason: 'file-missing',
    });
    expect(said).toEqual([]);
  });

  test('waits for a disk behind links that all lead nowhere for a while', async () => {
    await rename(below('folder'), below('disk'));
    await mkdir(below('folder'));
    for (const name of ['a.png', 'b.png'])
      await symlink(`../disk/${name}`, below(`folder/${name}`));
    await reader.read(file('folder/a.png'), 'folder');
    await rename(below('disk'), below('away'));
    const reading = reader.read(file('folder/b.png'), 'folder');
    await expect.poll(() => said.length).toBe(1);
    await rename(below('away'), below('disk'));
    expect((await reading).toString()).toBe('b.png');
    expect(said[0]).toMatch(/has no image any more that can be read.*waits for up to 10 min/);
    expect(said[1]).toMatch(/there again/);
  });

  test('waits for a disk that is mounted inside of a project', async () => {
    await mkdir(below('folder/inner'));
    await writeFile(below('folder/inner/c.png'), 'c.png');
    await rename(below('folder/inner'), below('folder/disk'));
    await mkdir(below('folder/inner'));
    const reading = reader.read(file('folder/inner/c.png'), 'folder');
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toMatch(/folder.inner is empty now: connect its disk.*waits for up to 10 min/);
    await rm(below('folder/inner'), { recursive: true });
    await rename(below('folder/disk'), below('folder/inner'));
    expect((await reading).toString()).toBe('c.png');
  });

  test('does not count the time between two outages of a source', async () => {
    const patienceMs = 400;
    const twice = patient(createSourceReader({ originalsDir, maxBytes: 100_000 }), patienceMs);
    const outage = async () => {
      const before = said.length;
      await rename(below('folder'), below('away'));
      const reading = twice.read(file('folder/a.png'), 'folder');
      await expect.poll(() => said.length, { interval: 5 }).toBe(before + 1);
      await rename(below('away'), below('folder'));
      return reading;
    };
    await outage();
    await delay(patienceMs);
    expect((await outage()).toString()).toBe('a.png');
  });

  test('fails an entry that is damaged in a sound archive', async () => {
    const [source] = await writeEntries('sound.zip', 'one', 'two');
    const damaged = { ...source, localHeaderOffset: 7 } as ImageSource;
    await expect(reader.read(damaged)).rejects.toMatchObject({ name: 'PermanentError' });
    expect(said).toEqual([]);
  });

  test('says of a replaced archive that it is another one', async () => {
    const [, second] = await writeEntries('some.zip', 'one', 'two');
    await writeEntries('some.zip', 'other', 'and another');
    if (second === undefined) throw new Error('no entry');
    await expect(reader.read(second)).rejects.toMatchObject({ reason: 'source-changed' });
  });

  test('gives up a source that was away for too long, while others are there', async () => {
    const hasty = patient(createSourceReader({ originalsDir, maxBytes: 100_000 }), 20);
    const failed = hasty.read(file('gone/a.png'), 'gone');
    await expect(failed).rejects.toMatchObject({ reason: 'file-missing' });
    await expect(failed).rejects.toThrow(/connect its disk.*the next run tries it again/);
  });

  test('waits for all originals without end, until it leaves', async () => {
    const hasty = patient(createSourceReader({ originalsDir, maxBytes: 100_000 }), 0);
    await rename(originalsDir, `${originalsDir}-away`);
    const reading = hasty.read(file('folder/a.png'));
    await expect.poll(() => said.length).toBe(1);
    leaving.abort();
    await expect(reading).rejects.toMatchObject({ name: 'TransientError', retryAfterMs: 0 });
    await rename(`${originalsDir}-away`, originalsDir);
  });

  test('tries an image that the disk fails to read five times, then names it', async () => {
    const disk = failing(Infinity, 'EIO');
    const failed = patient(disk).read(file('folder/a.png'));
    await expect(failed).rejects.toMatchObject({ reason: 'unreadable-entry' });
    await expect(failed).rejects.toThrow(/^folder\/a\.png: the disk could not read it 5 times/);
    expect(disk.tries()).toBe(5);
  });

  test('reads an image whose fault passes', async () => {
    expect((await patient(failing(4, 'EIO')).read(file('folder/a.png'))).toString()).toBe('image');
  });

  test('leaves want of open files to whoever tries again later', async () => {
    const disk = failing(1, 'EMFILE');
    await expect(patient(disk).read(file('folder/a.png'))).rejects.toBeInstanceOf(TransientError);
    expect(disk.tries()).toBe(1);
  });
});
