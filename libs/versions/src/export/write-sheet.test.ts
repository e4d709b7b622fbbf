import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sheet } from './column.js';
import { writeFile } from './write-sheet.js';

const sheet: Sheet = {
  columns: [
    { name: 'name', type: 'text' },
    { name: 'size', type: 'integer' },
    { name: 'share', type: 'number' },
    { name: 'picked', type: 'boolean' },
    { name: 'scores', type: 'list' },
  ],
  rows: [
    { name: 'a, "b"', size: 3, share: 0.25, picked: true, scores: [0.5, null] },
    { name: null, size: null, share: null, picked: false, scores: null },
  ],
};

describe('writeFile', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cullstream-sheet-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('writes parquet that other readers take, with nulls', async () => {
    const path = join(folder, 'x.parquet');
    expect(await writeFile(sheet, 'parquet', path)).toBe(2);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([
      { name: 'a, "b"', size: 3, share: 0.25, picked: true, scores: '[0.5,null]' },
      { name: null, size: null, share: null, picked: false, scores: null },
    ]);
  });

  it('writes parquet of no rows', async () => {
    const path = join(folder, 'none.parquet');
    expect(await writeFile({ ...sheet, rows: [] }, 'parquet', path)).toBe(0);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(path) })).toEqual([]);
  });

  it('quotes in CSV, and leaves cells empty that hold nothing', async () => {
    const path = join(folder, 'x.csv');
    await writeFile(sheet, 'csv', path);
    expect(readFileSync(path, 'utf8')).toBe(
      'name,size,share,picked,scores\n"a, ""b""",3,0.25,true,"[0.5,null]"\n,,,false,\n',
    );
  });

  it('keeps lists in JSON lines', async () => {
    const path = join(folder, 'x.jsonl');
    await writeFile(sheet, 'jsonl', path);
    expect(JSON.parse(readFileSync(path, 'utf8').split('\n')[0] ?? '')).toMatchObject({
      scores: [0.5, null],
    });
  });

  it('leaves nothing when a row cannot be had', async () => {
    const path = join(folder, 'x.csv');
    const rows = {
      *[Symbol.iterator]() {
        yield* sheet.rows;
        throw new Error('the database is damaged');
      },
    };
    await expect(writeFile({ ...sheet, rows }, 'csv', path)).rejects.toThrow(
      'the database is damaged',
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32').each(['csv', 'jsonl', 'parquet'] as const)(
    'writes %s into a pipe, which stays one, also behind a link',
    async (format) => {
      const file = join(folder, 'file');
      const pipe = join(folder, 'pipe');
      const link = join(folder, 'link');
      await writeFile(sheet, format, file);
      execFileSync('mkfifo', [pipe]);
      symlinkSync(pipe, link);
      for (const path of [pipe, link]) {
        const reading = promisify(execFile)('timeout', ['5', 'cat', pipe], {
          encoding: 'buffer',
        });
        expect(await writeFile(sheet, format, path)).toBe(2);
        expect((await reading).stdout).toEqual(readFileSync(file));
        expect(statSync(path).isFIFO()).toBe(true);
      }
    },
  );
});
