import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listArchive, openOriginals, type ArchiveEntry } from '../src/archive/index.js';
import { createSourceReader } from '../src/index.js';
import { makeZip } from './make-zip.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cullstream-large-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function list(archive: string): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = [];
  for await (const entry of listArchive(openOriginals(folder), archive)) entries.push(entry);
  return entries;
}

const picture = Buffer.from('not really a picture, but long enough to deflate, deflate, deflate');

describe('large archives', () => {
  test('lists 40,000 entries of a ZIP64 archive in little memory', async () => {
    const members = Array.from({ length: 40_000 }, (_, at) => ({ name: `many/${at}.png` }));
    await writeFile(join(folder, 'zip64.zip'), makeZip(members, { zip64: true }));
    const before = process.memoryUsage().rss;
    const entries = await list('zip64.zip');
    expect(entries).toHaveLength(40_000);
    expect(entries.at(-1)?.name).toBe('many/39999.png');
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
  });

  test('lists and reads every entry of a macOS archive whose count has wrapped', async () => {
    const members = Array.from({ length: 66_000 }, (_, at) => ({
      name: `${at}.png`,
      data: picture,
    }));
    await writeFile(join(folder, 'macos.zip'), makeZip(members, { macos: true }));
    const entries = await list('macos.zip');
    expect(entries).toHaveLength(66_000);
    const last = entries.at(-1);
    expect(last).toMatchObject({ index: 65_999, name: '65999.png', size: picture.length });
    if (last === undefined) return;
    const { index, name: _, ...place } = last;
    const reader = createSourceReader({ originalsDir: folder, maxBytes: 1000 });
    const source = {
      kind: 'zip-entry',
      archive: 'macos.zip',
      entryIndex: index,
      ...place,
    } as const;
    expect(await reader.read(source)).toEqual(picture);
    await reader.close();
  });
});
