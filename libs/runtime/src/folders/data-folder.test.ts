import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLDER_MARKER, openDataFolder, readFolderId, type DataFolder } from './data-folder.js';

let root: string;
let data: string;
let said: string[];
let folder: DataFolder;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cullstream-data-'));
  data = join(root, 'data');
  said = [];
  const tell = (_fields: object, message: string) => said.push(message);
  folder = openDataFolder(data, { warn: tell, info: tell }, { lookEveryMs: 5 });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const silent = { warn: () => undefined, info: () => undefined };

function mark(path: string, id: string): void {
  const marker = join(path, FOLDER_MARKER);
  mkdirSync(dirname(marker), { recursive: true });
  writeFileSync(marker, id);
}

describe('a data folder', () => {
  it('is used as it is where it never had a marker, though it is not there yet', async () => {
    expect(await folder.problem()).toBeUndefined();
  });

  it('with an id that is known beforehand is waited for, also by who never saw it', async () => {
    mkdirSync(data);
    const expecting = openDataFolder(data, silent, { id: 'one', lookEveryMs: 5 });
    expect(expecting.isTheSame()).toBe(false);
    expect(await expecting.problem()).toMatch(/not there any more/);
    const waiting = expecting.untilThere();
    mark(data, 'one\n');
    await waiting;
    expect(readFolderId(data)).toBe('one');
  });

  it('that had a marker is waited for while it is an empty folder, and said once', async () => {
    mark(data, 'one');
    await folder.untilThere();
    renameSync(data, `${data}-away`);
    mkdirSync(data);
    const waiting = folder.untilThere();
    await expect
      .poll(() => said)
      .toEqual([expect.stringMatching(/^\S+data is not there any more/)]);
    rmSync(data, { recursive: true });
    renameSync(`${data}-away`, data);
    await waiting;
    expect(said).toHaveLength(2);
  });

  it('is not mistaken for another one in its place', async () => {
    mark(data, 'one');
    await folder.untilThere();
    mark(data, 'two');
    expect(folder.isTheSame()).toBe(false);
    expect(() => folder.confirm()).toThrow(/data is away, or another folder than before/);
    expect(await folder.problem()).toMatch(/another folder than before/);
  });

  it('makes folders below it, and none while it is away or another one is in its place', async () => {
    mark(data, 'one');
    await folder.untilThere();
    folder.makeFolder(join(data, 'ai_data', 'embeddings'));
    folder.makeFolder(join(data, 'ai_data', 'embeddings'));
    expect(readdirSync(join(data, 'ai_data'))).toEqual(['embeddings']);
    renameSync(data, `${data}-away`);
    mkdirSync(data);
    expect(() => folder.makeFolder(join(data, 'ai_data'))).toThrow(/data is away/);
    expect(readdirSync(data)).toEqual([]);
    mark(data, 'two');
    expect(() => folder.makeFolder(join(data, 'ai_data'))).toThrow(TransientError);
    expect(existsSync(join(data, 'ai_data'))).toBe(false);
  });

  it('makes them wherever the folder of the program is', async () => {
    mark(join(root, 'elsewhere'), 'one');
    mkdirSync(data);
    symlinkSync(join(root, 'elsewhere/.cullstream'), join(data, '.cullstream'));
    await folder.untilThere();
    folder.makeFolder(join(data, 'ai_data/cache'));
    expect(existsSync(join(data, 'ai_data/cache'))).toBe(true);
    const unmarked = openDataFolder(join(root, 'new'), silent);
    unmarked.makeFolder(join(root, 'new/ai_data'));
    expect(existsSync(join(root, 'new/ai_data'))).toBe(true);
  });

  it('has work done again that failed while it was away, and no other', async () => {
    mark(data, 'one');
    await folder.untilThere();
    let tries = 0;
    const done = folder.whileThere(() => {
      tries += 1;
      if (tries > 1) return Promise.resolve('done');
      renameSync(data, `${data}-away`);
      setTimeout(() => renameSync(`${data}-away`, data), 20);
      return Promise.reject(new Error('cannot be opened'));
    });
    expect(await done).toBe('done');
    const damaged = new PermanentError('crc-mismatch', 'damaged');
    await expect(folder.whileThere(() => Promise.reject(damaged))).rejects.toBe(damaged);
    const bug = new RangeError('a bug');
    await expect(folder.whileThere(() => Promise.reject(bug))).rejects.toBe(bug);
  });

  it('is not waited for by who leaves', async () => {
    mark(data, 'one');
    await folder.untilThere();
    rmSync(data, { recursive: true });
    const waiting = folder.untilThere();
    await expect.poll(() => said.length).toBe(1);
    folder.leave();
    await expect(waiting).rejects.toMatchObject({ name: 'TransientError', retryAfterMs: 0 });
  });
});
