import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StoreRequest } from './cache-types.js';
import { inspectEmbeddingCache, openEmbeddingCache } from './embedding-cache.js';
import { encodeIndexLine, parseIndexLine, type IndexLine } from './index-line.js';
import { toVectorChecksum } from './vector-checksum.js';

const recipe: EmbeddingRecipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
const images = ['a', 'b', 'c'].map((name, number): StoreRequest => ({
  alias: { project: 'dalia', entry: `${name}.png`, size: 1000, crc32: 77 + number },
  sha256: createHash('sha256').update(name).digest('hex'),
  widthPx: 640,
  heightPx: 480,
  vector: Float32Array.from({ length: 512 }, (_, at) => Math.fround((at - 256) / (number + 3))),
  run: '20260131T094500Z-k3x9',
  origin: 'computed',
}));
const [a, b] = images as [StoreRequest, StoreRequest];

let dataDir: string;
let indexFile: string;
let warnings: string[];
const log = { warn: (_fields: object, message: string) => warnings.push(message) };
const open = () => openEmbeddingCache({ dataDir, recipe, log });
const inspect = () => inspectEmbeddingCache({ dataDir, recipe, log });
const toVectorPath = ({ sha256 }: StoreRequest) =>
  join(dataDir, 'ai_data/embeddings', `${sha256.slice(0, 16)}.npy`);
const toLines = (text: string) => text.split('\n').filter((line) => line !== '');

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-damage-'));
  indexFile = join(dataDir, 'ai_data/cache/processed_images.jsonl');
  warnings = [];
  const cache = await open();
  for (const image of images) await cache.store(image);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function flip(bytes: Buffer, at: number, mask: number): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[at] = (damaged[at] ?? 0) ^ mask;
  return damaged;
}

/** The index as it was before there were checksums. */
function forgetChecksums(): void {
  const lines = toLines(readFileSync(indexFile, 'utf8')).map((text) =>
    encodeIndexLine({ ...(parseIndexLine(text) as IndexLine), vectorCrc32: undefined }),
  );
  writeFileSync(indexFile, lines.join(''));
}

describe('a damaged vector', () => {
  it('is not used, whichever of its bytes is another', async () => {
    const sound = readFileSync(toVectorPath(a));
    const reader = inspect();
    const used: number[] = [];
    // All of the header, and every eleventh byte of the values with another of its bits.
    for (let at = 0; at < sound.length; at += at < 128 ? 1 : 11) {
      writeFileSync(toVectorPath(a), flip(sound, at, 1 << (at % 8)));
      if ((await reader.checkVector(a.sha256)) !== 'damaged') used.push(at);
    }
    expect(used).toEqual([]);
    writeFileSync(toVectorPath(a), sound);
    expect(await reader.checkVector(a.sha256)).toBe('sound');
  });

  it('is set aside, said, and stored anew', async () => {
    const sound = readFileSync(toVectorPath(a));
    const damaged = flip(sound, 200, 1);
    writeFileSync(toVectorPath(a), damaged);
    const cache = await open();
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    expect(warnings).toEqual(['a cached vector is damaged: computing it again']);
    expect(readFileSync(`${toVectorPath(a)}.corrupt`).equals(damaged)).toBe(true);
    await cache.store(a);
    expect(readFileSync(toVectorPath(a)).equals(sound)).toBe(true);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
  });

  it.each([
    ['a folder', (path: string) => mkdirSync(join(path, 'with-content'), { recursive: true })],
    ['a pipe that nobody writes to', (path: string) => execFileSync('mkfifo', [path])],
    ['a link that leads back to itself', (path: string) => symlinkSync(path, path)],
  ])('that is %s is set aside and stored anew, even twice', async (_what, put) => {
    for (let time = 0; time < 2; time++) {
      rmSync(toVectorPath(a));
      put(toVectorPath(a));
      const cache = await open();
      expect(await cache.readVector(a.sha256)).toBeUndefined();
      await cache.store(a);
      expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    }
    expect(warnings).toEqual(Array(2).fill('a cached vector is damaged: computing it again'));
  });

  it('of another image is not used, nor that image has this one', async () => {
    copyFileSync(toVectorPath(a), join(dataDir, 'swap'));
    copyFileSync(toVectorPath(b), toVectorPath(a));
    copyFileSync(join(dataDir, 'swap'), toVectorPath(b));
    const states = await Promise.all(images.map(({ sha256 }) => inspect().checkVector(sha256)));
    expect(states).toEqual(['damaged', 'damaged', 'sound']);
  });

  it('may be stored anew with other values, which its last line vouches for', async () => {
    const other = { ...a, vector: a.vector.map((value) => Math.fround(value * 1.000001)) };
    const cache = await open();
    rmSync(toVectorPath(a));
    await cache.store(other);
    for (const opened of [cache, await open()]) {
      expect(await opened.readVector(a.sha256)).toEqual(other.vector);
    }
  });

  it('is no longer damaged once another process says that it computed it anew', async () => {
    const cache = await open();
    await cache.readVector(a.sha256);
    rmSync(toVectorPath(a));
    await (await open()).store({ ...a, vector: b.vector });
    expect(await cache.readVector(a.sha256)).toEqual(b.vector);
    expect(warnings).toEqual([]);
  });
});

describe('a damaged index', () => {
  it('loses the line and says so, or says the same, whichever byte is another', async () => {
    const sound = readFileSync(indexFile);
    const wrong: unknown[] = [];
    for (let at = 0; at < sound.length; at++) {
      writeFileSync(indexFile, flip(sound, at, at % 2 === 0 ? 0x01 : 0x20));
      warnings = [];
      const cache = inspectEmbeddingCache({ dataDir, recipe, vectorsFrom: 'pack', log });
      let lost = 0;
      for (const { alias, sha256, widthPx, heightPx, run, origin } of images) {
        const known = cache.findAlias(alias);
        const as = { sha256, widthPx, heightPx, run, origin, isChecked: true };
        if (known === undefined) {
          lost += 1;
          // The last line may be still being written where its line feed is missing: that is said here.
          expect(await cache.readVector(sha256)).toBeUndefined();
        } else if (JSON.stringify(known) !== JSON.stringify(as)) wrong.push([at, known]);
      }
      if (lost !== (warnings.length === 0 ? 0 : 1)) wrong.push([at, lost, warnings]);
    }
    expect(wrong).toEqual([]);
  });

  it('says the same of lines of other recipes', async () => {
    const other = { ...recipe, id: '2222222222222222' };
    const lines = readFileSync(indexFile, 'utf8').replace('"width":640', '"width":641');
    writeFileSync(indexFile, lines);
    await openEmbeddingCache({ dataDir, recipe: other, log });
    expect(warnings).toEqual([expect.stringContaining('1 line of the cache index damaged')]);
  });

  it('vouches for no vector by a line that names another image’s digest', async () => {
    const [first = '', ...rest] = toLines(readFileSync(indexFile, 'utf8'));
    const copied = first.replaceAll(a.sha256, b.sha256).replaceAll(a.sha256.slice(0, 16), 'f');
    writeFileSync(indexFile, [copied, ...rest].join('\n'));
    const cache = await open();
    expect(cache.findAlias(a.alias)).toBeUndefined();
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    expect(warnings).toHaveLength(2);
    await cache.store(a);
    expect((await open()).findAlias(a.alias)?.sha256).toBe(a.sha256);
  });
});

describe('a vector without a line', () => {
  it('is not used, as a crash may have left it, nor written again', async () => {
    rmSync(indexFile);
    const { ino } = statSync(toVectorPath(a));
    const cache = await open();
    expect(cache.findAlias(a.alias)).toBeUndefined();
    expect(await cache.readVector(a.sha256)).toBeUndefined();
    expect(warnings).toEqual([expect.stringContaining('no valid line in the cache index')]);
    await cache.store(a);
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    expect(statSync(toVectorPath(a)).ino).toBe(ino);
  });

  it('is used where its packed copy has the same values', async () => {
    const packed = Array.from({ length: 32 }, (_, number): StoreRequest => ({
      ...a,
      sha256: createHash('sha256').update(`packed ${number}`).digest('hex'),
      vector: a.vector.map((value) => value + number),
    }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    const cache = await open();
    for (const each of packed) await cache.store(each);
    for (const each of packed) await cache.readVector(each.sha256);
    vi.useRealTimers();
    rmSync(indexFile);
    const again = await open();
    for (const { sha256, vector } of packed) expect(await again.readVector(sha256)).toEqual(vector);
    expect(warnings).toEqual([]);
  });
});

describe('an index of before there were checksums', () => {
  it('is used still, and completed by storing again', async () => {
    forgetChecksums();
    const cache = await open();
    expect(await cache.checkVector(a.sha256)).toBe('unchecked');
    expect(cache.findAlias(a.alias)).toMatchObject({ sha256: a.sha256, isChecked: false });
    expect(await cache.readVector(a.sha256)).toEqual(a.vector);
    await cache.store(a);
    expect(cache.findAlias(a.alias)?.isChecked).toBe(true);
    const [line] = toLines(readFileSync(indexFile, 'utf8')).slice(-1);
    expect(parseIndexLine(line ?? '')).toMatchObject({ vectorCrc32: toVectorChecksum(a.vector) });
    const before = readFileSync(indexFile);
    await (await open()).store(a);
    expect(readFileSync(indexFile).equals(before)).toBe(true);
    expect(await cache.checkVector(a.sha256)).toBe('sound');
    expect(warnings).toEqual([]);
  });

  it('takes no checksum away that an earlier line gave', async () => {
    const checked = readFileSync(indexFile, 'utf8');
    forgetChecksums();
    writeFileSync(indexFile, checked + readFileSync(indexFile, 'utf8'));
    expect(await (await open()).checkVector(a.sha256)).toBe('sound');
    writeFileSync(toVectorPath(a), flip(readFileSync(toVectorPath(a)), 300, 4));
    expect(await (await open()).checkVector(a.sha256)).toBe('damaged');
  });
});
