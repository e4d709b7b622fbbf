import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHUNK_BYTES, CHUNK_ROWS } from './vector-chunk.js';
import { VectorPack } from './vector-pack.js';

/** As change times are: milliseconds with a fraction. */
const CHANGED_MS = 1_763_000_000_123.5;
let folder: string;
let path: string;
let warnings: string[];
const log = {
  warn: (fields: object, message: string) =>
    warnings.push(`${message}: ${'problem' in fields ? String(fields.problem) : ''}`),
};
const open = (mode: 'share' | 'inspect' = 'share') => new VectorPack(path, mode, log);
const toHash = (number: number) => (0xabcd_0000_0000 + number).toString(16).padStart(16, '0');
const toVector = (number: number) => Float32Array.from({ length: 512 }, (_, at) => number + at / 7);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cullstream-pack-'));
  path = join(folder, 'vectors', 'recipe.pack');
  warnings = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function addAll(pack: VectorPack, from: number, to: number, changedMs = CHANGED_MS): void {
  for (let number = from; number < to; number++) {
    pack.add(toHash(number), changedMs, toVector(number));
  }
}

function found(pack: VectorPack, from: number, to: number, changedMs = CHANGED_MS): number[] {
  const numbers: number[] = [];
  for (let number = from; number < to; number++) {
    const vector = pack.find(toHash(number), changedMs);
    if (vector === undefined) continue;
    // As bytes first: comparing 512 values one by one takes most of a test's time.
    if (!Buffer.from(vector.buffer).equals(Buffer.from(toVector(number).buffer))) {
      expect(vector).toEqual(toVector(number));
    }
    numbers.push(number);
  }
  return numbers;
}

const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => from + index);

describe('a pack of vectors', () => {
  it('gives back whole chunks at once, and after opening it again in any order', () => {
    const pack = open();
    addAll(pack, 0, 3 * CHUNK_ROWS + 5);
    for (const opened of [pack, open(), open('inspect')]) {
      expect(found(opened, 0, 200)).toEqual(range(0, 3 * CHUNK_ROWS));
    }
    const again = open();
    for (const number of range(0, 3 * CHUNK_ROWS).reverse()) {
      expect(again.find(toHash(number), CHANGED_MS)).toEqual(toVector(number));
    }
    expect(statSync(path).size).toBe(3 * CHUNK_BYTES);
  });

  it('holds few chunks in memory and finds those of all', () => {
    const pack = open();
    addAll(pack, 0, 40 * CHUNK_ROWS);
    expect(found(pack, 0, 40 * CHUNK_ROWS)).toHaveLength(40 * CHUNK_ROWS);
    expect(found(pack, 0, CHUNK_ROWS)).toHaveLength(CHUNK_ROWS);
  });

  it('gives a vector of its own each time', () => {
    const pack = open();
    addAll(pack, 0, CHUNK_ROWS);
    pack.find(toHash(1), CHANGED_MS)?.fill(0);
    expect(pack.find(toHash(1), CHANGED_MS)).toEqual(toVector(1));
  });

  it('knows nothing of a file that has changed since, and then its newest copy', () => {
    const pack = open();
    addAll(pack, 0, CHUNK_ROWS);
    expect(found(pack, 0, CHUNK_ROWS, CHANGED_MS + 0.25)).toEqual([]);
    addAll(pack, 0, CHUNK_ROWS, CHANGED_MS + 0.25);
    expect(found(pack, 0, CHUNK_ROWS, CHANGED_MS)).toEqual([]);
    expect(found(open(), 0, CHUNK_ROWS, CHANGED_MS + 0.25)).toHaveLength(CHUNK_ROWS);
  });

  it('is shared by several that append', () => {
    const [one, other] = [open(), open()];
    addAll(one, 0, CHUNK_ROWS);
    addAll(other, CHUNK_ROWS, 2 * CHUNK_ROWS);
    addAll(one, 2 * CHUNK_ROWS, 3 * CHUNK_ROWS);
    for (const pack of [one, open()]) {
      expect(found(pack, 0, 3 * CHUNK_ROWS)).toHaveLength(3 * CHUNK_ROWS);
    }
  });

  it('is deleted and fills again where its last chunk is torn', () => {
    addAll(open(), 0, CHUNK_ROWS);
    appendFileSync(path, Buffer.alloc(1000));
    const pack = open();
    expect(found(pack, 0, CHUNK_ROWS)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('its last chunk is torn')]);
    addAll(pack, 0, CHUNK_ROWS);
    expect(found(open(), 0, CHUNK_ROWS)).toHaveLength(CHUNK_ROWS);
    expect(statSync(path).size).toBe(CHUNK_BYTES);
  });

  it('is deleted where most of its copies are outdated', () => {
    const pack = open();
    for (const age of [0, 1, 2]) addAll(pack, 0, CHUNK_ROWS, CHANGED_MS + age);
    expect(found(open(), 0, CHUNK_ROWS, CHANGED_MS + 2)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('most copies in it are outdated')]);
    expect(statSync(path).size).toBe(0);
  });

  it('never gives other values than were put in, whatever becomes of its bytes', () => {
    addAll(open(), 0, 2 * CHUNK_ROWS);
    const sound = readFileSync(path);
    const damage = fc.record({
      at: fc.nat(sound.byteLength - 1),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
      length: fc.option(fc.nat(sound.byteLength)),
    });
    fc.assert(
      fc.property(damage, ({ at, bytes, length }) => {
        const damaged = Buffer.from(sound);
        damaged.set(bytes.subarray(0, damaged.byteLength - at), at);
        mkdirSync(join(folder, 'vectors'), { recursive: true });
        writeFileSync(path, damaged.subarray(0, length ?? undefined));
        const pack = open();
        found(pack, 0, 2 * CHUNK_ROWS);
        addAll(pack, 0, 2 * CHUNK_ROWS);
        expect(found(pack, 0, 2 * CHUNK_ROWS)).toHaveLength(2 * CHUNK_ROWS);
      }),
    );
  });

  it('is neither made nor mended by who only inspects it', () => {
    const inspecting = open('inspect');
    addAll(inspecting, 0, 2 * CHUNK_ROWS);
    expect(found(inspecting, 0, 2 * CHUNK_ROWS)).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    addAll(open(), 0, CHUNK_ROWS);
    appendFileSync(path, 'torn');
    expect(found(open('inspect'), 0, CHUNK_ROWS)).toEqual([]);
    expect(statSync(path).size).toBe(CHUNK_BYTES + 4);
    expect(warnings).toEqual([]);
  });

  it('is done without, with one warning, where its folder cannot be used', () => {
    writeFileSync(join(folder, 'vectors'), 'a file');
    const pack = open();
    addAll(pack, 0, 3 * CHUNK_ROWS);
    expect(found(pack, 0, CHUNK_ROWS)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('reading them one by one')]);
  });

  it.skipIf(!existsSync('/dev/full'))('is done without where the disk is full', () => {
    mkdirSync(join(folder, 'vectors'));
    symlinkSync('/dev/full', path);
    const pack = open();
    addAll(pack, 0, 2 * CHUNK_ROWS);
    expect(found(pack, 0, CHUNK_ROWS)).toEqual([]);
    expect(warnings).toEqual([expect.stringContaining('the disk is full')]);
  });
});
