import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CacheIndex } from './cache-index.js';
import { encodeIndexLine, type IndexLine } from './index-line.js';

const RECIPE = '1111111111111111';
const IMAGES = 300;
let folder: string;
let path: string;
let table: string;
let warnings: string[];
const log = { warn: (_fields: object, message: string) => void warnings.push(message) };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-table-'));
  path = join(folder, 'lines.jsonl');
  table = join(folder, 'index.table');
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function line(number: number, change: Partial<IndexLine> = {}): IndexLine {
  const sha256 = createHash('sha256').update(`image ${number}`).digest('hex');
  return {
    alias: { project: 'dalia', entry: `${number}.png`, size: 1_000, crc32: number },
    ...{ sha256, recipeId: RECIPE, widthPx: number + 1, heightPx: 2 },
    ...{ run: `run-${number % 3}`, origin: 'computed', vectorCrc32: number * 7 },
    ...{ embeddingFile: `data/ai_data/embeddings/packed/${RECIPE}/${number % 2}.f32` },
    vectorRow: number,
    ...change,
  };
}
const text = (from: number, to: number) =>
  Array.from({ length: to - from }, (_value, at) => encodeIndexLine(line(from + at))).join('');
const open = (isWritten = true, mostLinesBeside = 10) =>
  new CacheIndex(
    { list: () => [path], table: { path: table, isWritten, mostLinesBeside } },
    RECIPE,
    log,
  );

function expectAll(index: CacheIndex, to = IMAGES): void {
  for (let number = 0; number < to; number++) {
    const { alias, sha256, widthPx, heightPx, run, origin } = line(number);
    const content = { sha256, widthPx, heightPx };
    expect(index.findImage(alias)).toEqual({ ...content, run, origin, isChecked: true });
    expect(index.findContent(sha256)).toEqual(content);
    const file = `data/ai_data/embeddings/packed/${RECIPE}/${number % 2}.f32`;
    const voucher = { vectorCrc32: number * 7, place: { file, row: number } };
    expect(index.findVector(sha256)).toEqual(voucher);
  }
  expect(index.findImage({ project: 'dalia', entry: 'no.png', size: 1, crc32: 2 })).toBe(undefined);
  expect(index.findContent('f'.repeat(64))).toBeUndefined();
}

describe('the table of an index', () => {
  it('says what the lines said, and lines that are appended later as well', () => {
    writeFileSync(path, text(0, 200));
    open();
    expectAll(open(false), 200);
    const before = readFileSync(table);
    appendFileSync(path, text(200, 205));
    expectAll(open(), 205);
    expect(readFileSync(table).equals(before)).toBe(true);
    appendFileSync(path, text(205, IMAGES));
    expectAll(open());
    expect(readFileSync(table).equals(before)).toBe(false);
    expectAll(open(false));
    expect(warnings).toEqual([]);
  });

  it('is followed by what this process and others append', () => {
    writeFileSync(path, text(0, 100));
    const index = open();
    appendFileSync(path, text(100, 180));
    expectAll(index, 180);
    for (let number = 180; number < IMAGES; number++) {
      appendFileSync(path, encodeIndexLine(line(number)));
      index.take(line(number));
    }
    expectAll(index);
    expectAll(open(false));
  });

  it('is neither made nor changed where it is only read', () => {
    writeFileSync(path, text(0, IMAGES));
    expectAll(open(false));
    expect(existsSync(table)).toBe(false);
  });

  it.each([
    ['cut off', () => truncateSync(path, 20_000), 20],
    ['replaced', () => writeFileSync(path, text(50, IMAGES + 50)), 50],
    ['gone', () => rmSync(path), 0],
  ])('does not count once its lines are %s', (_how, change, lost) => {
    writeFileSync(path, text(0, IMAGES));
    open();
    change();
    const index = open(false);
    const last = line(IMAGES - 1).alias;
    expect(index.findImage(line(0).alias) === undefined).toBe(lost !== 20);
    expect(index.findImage(last) === undefined).toBe(lost !== 50);
  });

  it('gives right answers whichever of its bytes is another', () => {
    writeFileSync(path, text(0, 100));
    open();
    const sound = readFileSync(table);
    for (let at = 0; at < sound.length; at += 397) {
      const bytes = Buffer.from(sound);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      writeFileSync(table, bytes);
      warnings = [];
      expectAll(open(false), 100);
      expect(warnings.length, `byte ${at}`).toBeLessThanOrEqual(1);
    }
    truncateSync(table, 5_000);
    warnings = [];
    expectAll(open(), 100);
    expect(warnings).toEqual([
      'the table of the cache index cannot be used: its lines are read instead',
    ]);
    expectAll(open(false), 100);
  });

  it('keeps newer lines of an image, and the checksum of a content', () => {
    writeFileSync(path, text(0, 100));
    open();
    const moved = line(7, { sha256: line(200).sha256, run: 'later' });
    const { vectorCrc32: _crc, vectorRow: _row, ...unchecked } = line(8, { run: 'unchecked' });
    const embeddingFile = `data/ai_data/embeddings/${unchecked.sha256.slice(0, 16)}.npy`;
    const old = { ...unchecked, embeddingFile, vectorCrc32: undefined };
    appendFileSync(path, encodeIndexLine(moved) + encodeIndexLine(old));
    for (const index of [open(false), open(true, 1), open(false)]) {
      expect(index.findImage(moved.alias)).toMatchObject({ sha256: moved.sha256, run: 'later' });
      expect(index.findVector(unchecked.sha256)).toMatchObject({ vectorCrc32: 56 });
    }
  });

  it('trusts neither of two contents with one short hash', () => {
    writeFileSync(path, text(0, 100));
    open();
    const { sha256, alias } = line(3);
    const twin = sha256.slice(0, 16) + 'f'.repeat(48);
    const other = { ...alias, entry: 'twin.png' };
    appendFileSync(path, encodeIndexLine(line(3, { sha256: twin, alias: other })));
    for (const index of [open(false), open(true, 0), open(false)]) {
      expect(index.findVector(sha256)).toBe('ambiguous');
      expect(index.findVector(twin)).toBe('ambiguous');
    }
  });

  it('does not hold what is in no line', () => {
    writeFileSync(path, text(0, 100));
    const index = open(true, 0);
    index.take(line(200), false);
    expect(index.findImage(line(200).alias)).toBeDefined();
    appendFileSync(path, text(100, 150));
    index.refresh(true);
    expect(open(false).findImage(line(200).alias)).toBeUndefined();
  });

  it('that cannot be written is told once, and the lines serve', () => {
    table = join(folder, 'missing', 'folder', 'index.table');
    writeFileSync(path, text(0, IMAGES));
    expectAll(open());
    expect(warnings).toEqual([
      'the table of the cache index cannot be written: all lines are read at the next start',
    ]);
  });
});
