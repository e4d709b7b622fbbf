import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeNpy } from './npy.js';
import { toVectorChecksum } from './vector-checksum.js';
import { VectorFolder } from './vector-folder.js';
import { CHUNK_ROWS } from './vector-chunk.js';
import { VectorPack } from './vector-pack.js';

let place: string;
let folder: string;
const log = { warn: (_fields: object, message: string) => expect.fail(message) };
const packPath = () => join(place, 'vectors.pack');
const open = () => new VectorFolder(folder, new VectorPack(packPath(), 'share', log));
const toHash = (number: number) => number.toString(16).padStart(16, '0');
const toVector = (number: number) => new Float32Array(512).fill(number);
const sound = (number: number) => ({
  state: 'sound',
  vector: toVector(number),
  isProven: true,
});
const read = (vectors: VectorFolder, number: number, as = number) =>
  vectors.read(toHash(number), toVectorChecksum(toVector(as)));

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'cullstream-folder-'));
  folder = join(place, 'embeddings');
  mkdirSync(folder);
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(place, { recursive: true, force: true });
});

/** Advances the clock that change times are compared with, since change times cannot be set. */
function pass(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
}

function writeAll(count = CHUNK_ROWS): void {
  for (let number = 0; number < count; number++) {
    writeFileSync(join(folder, `${toHash(number)}.npy`), encodeNpy(toVector(number)));
  }
}

/** How many of the files have a valid copy. */
function copied(count = CHUNK_ROWS): number {
  const pack = new VectorPack(packPath(), 'inspect', log);
  return Array.from({ length: count }, (_, number) =>
    pack.find(toHash(number), statSync(join(folder, `${toHash(number)}.npy`)).ctimeMs),
  ).filter((vector) => vector !== undefined).length;
}

function readAll(vectors: VectorFolder, count = CHUNK_ROWS): unknown[] {
  return Array.from({ length: count }, (_, number) => read(vectors, number));
}

const allSound = (count = CHUNK_ROWS) =>
  Array.from({ length: count }, (_, number) => sound(number));

it('gives each vector in memory of its own', () => {
  writeAll(2);
  const vectors = [0, 1].map((number) => read(new VectorFolder(folder), number));
  expect(vectors).toEqual([sound(0), sound(1)]);
});

describe('a folder of vectors', () => {
  it('copies what it reads, and gives the copies the next time', () => {
    writeAll();
    pass(5_000);
    expect(readAll(open())).toEqual(allSound());
    expect(copied()).toBe(CHUNK_ROWS);
    expect(readAll(open())).toEqual(allSound());
  });

  it('copies no file that may change within the tick of its clock', () => {
    writeAll();
    expect(readAll(open())).toEqual(allSound());
    expect(copied()).toBe(0);
  });

  it('copies what it has written once that is two seconds old', () => {
    const vectors = open();
    for (let number = 0; number < CHUNK_ROWS; number++) {
      vectors.write(toHash(number), toVector(number));
    }
    expect(copied()).toBe(0);
    pass(5_000);
    vectors.write(toHash(CHUNK_ROWS), toVector(CHUNK_ROWS));
    expect(copied()).toBe(CHUNK_ROWS);
  });

  it('sees what becomes of a file, copy or not', () => {
    writeAll();
    pass(5_000);
    const vectors = open();
    readAll(vectors);
    for (const opened of [vectors, open()]) {
      writeFileSync(vectors.toPath(toHash(1)), encodeNpy(toVector(77)));
      expect(read(opened, 1, 77)).toEqual(sound(77));
      writeFileSync(vectors.toPath(toHash(2)), 'damaged');
      expect(read(opened, 2)).toMatchObject({ state: 'damaged' });
      rmSync(vectors.toPath(toHash(3)), { force: true });
      expect(read(opened, 3)).toEqual({ state: 'absent' });
      expect(read(opened, 4)).toEqual(sound(4));
    }
  });

  it('is held against its checksum, from the file and from the copy', () => {
    writeAll();
    pass(5_000);
    const vectors = open();
    readAll(vectors);
    for (const opened of [new VectorFolder(folder), vectors, open()]) {
      expect(read(opened, 1, 2)).toEqual({
        state: 'damaged',
        problem: 'values that its checksum does not fit',
      });
    }
  });

  it('is held against its packed copy where it has no checksum', () => {
    writeAll();
    pass(5_000);
    readAll(open());
    writeFileSync(join(folder, `${toHash(1)}.npy`), encodeNpy(toVector(1)));
    writeFileSync(join(folder, `${toHash(2)}.npy`), encodeNpy(toVector(77)));
    const comparing = new VectorFolder(
      folder,
      new VectorPack(packPath(), 'inspect', log),
      'to-compare',
    );
    for (const opened of [open(), comparing]) {
      expect(opened.read(toHash(0), undefined)).toEqual(sound(0));
      expect(opened.read(toHash(1), undefined)).toEqual(sound(1));
      expect(opened.read(toHash(2), undefined)).toMatchObject({ state: 'damaged' });
    }
    expect(new VectorFolder(folder).read(toHash(0), undefined)).toEqual({
      ...sound(0),
      isProven: false,
    });
  });

  it('copies nothing that has no checksum', () => {
    writeAll();
    pass(5_000);
    const vectors = open();
    for (let number = 0; number < CHUNK_ROWS; number++) vectors.read(toHash(number), undefined);
    expect(copied()).toBe(0);
  });

  it('goes on with the files where the pack is lost', () => {
    writeAll();
    pass(5_000);
    readAll(open());
    rmSync(packPath());
    expect(readAll(open())).toEqual(allSound());
    expect(copied()).toBe(CHUNK_ROWS);
  });
});
