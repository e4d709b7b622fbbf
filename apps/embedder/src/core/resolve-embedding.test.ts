import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingRecipe, ImageFound } from '@cullstream/contracts';
import { openEmbeddingCache, toImageAlias, type EmbeddingCache } from '@cullstream/cache';
import { silentLog } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveEmbedding, type EmbeddingPorts } from './resolve-embedding.js';

const RUN = '20260131T094500Z-k3x9';
const LATER_RUN = '20260201T094500Z-k3x9';
const recipe: EmbeddingRecipe = {
  id: '1111111111111111',
  model: { file: 'clip.onnx', sha256: 'a'.repeat(64) },
  preprocessing: 'exact-1',
  precision: 'fp32',
};
const bytes = Buffer.from('an image');
const vector = Float32Array.from({ length: 512 }, (_, index) => index);

let dataDir: string;
let cache: EmbeddingCache;
let done: string[];
let held: number[];
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-resolve-'));
  cache = await openEmbeddingCache({ dataDir, recipe, log: silentLog });
  done = [];
  held = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

function found(image: string, run = RUN): ImageFound {
  return {
    v: 1,
    type: 'image.found',
    run,
    project: {
      name: 'dalia',
      source: 'dalia',
      catalogue: '0123456789abcdef',
      images: 2,
      groups: 0,
      ungrouped: 2,
    },
    sequence: 0,
    image,
    source: { kind: 'file', path: `dalia/${image}`, size: bytes.length, modifiedMs: 1 },
    group: null,
    legacyEmbedding: null,
  };
}

function resolve(event: ImageFound, changed: Partial<EmbeddingPorts> = {}) {
  return resolveEmbedding(event, toImageAlias('dalia', event.image, event.source), {
    cache,
    whileHolding: (sizeBytes, work) => {
      held.push(sizeBytes);
      return work();
    },
    whileDecoding: (_bytes, work) => work(),
    read: () => {
      done.push('read');
      return Promise.resolve(bytes);
    },
    digest: (data) =>
      Promise.resolve({ bytes: data, sha256: createHash('sha256').update(data).digest('hex') }),
    readSize: () => Promise.resolve({ widthPx: 640, heightPx: 480 }),
    embed: (_bytes, crc32) => {
      done.push(crc32 === undefined ? 'embed' : `embed ${crc32}`);
      return Promise.resolve({ vector, widthPx: 640, heightPx: 480 });
    },
    legacyVector: () => Promise.resolve(undefined),
    ...changed,
  });
}

describe('resolveEmbedding', () => {
  it('computes what nothing knows', async () => {
    expect(await resolve(found('a.png'))).toMatchObject({ origin: 'computed', vector });
    expect(done).toEqual(['read', 'embed']);
  });

  it('reads nothing a second time, and counts the image as cached in a later run', async () => {
    await resolve(found('a.png'));
    done = [];
    expect(await resolve(found('a.png', LATER_RUN))).toMatchObject({ origin: 'cached', vector });
    expect(done).toEqual([]);
  });

  it('counts an image as computed when its message comes again in the same run', async () => {
    await resolve(found('a.png'));
    expect(await resolve(found('a.png'))).toMatchObject({ origin: 'computed' });
  });

  it('counts it as computed, too, where another embedder stores it while its bytes are read', async () => {
    const read = async () => {
      await resolve(found('a.png'));
      return bytes;
    };
    expect(await resolve(found('a.png'), { read })).toMatchObject({ origin: 'computed', vector });
    expect(await resolve(found('a.png', LATER_RUN), { read })).toMatchObject({ origin: 'cached' });
    expect(done).toEqual(['read', 'embed']);
  });

  it('embeds the same bytes once, whatever their name', async () => {
    await resolve(found('a.png'));
    done = [];
    expect(await resolve(found('b.png'))).toMatchObject({ origin: 'cached', vector });
    expect(done).toEqual(['read']);
  });

  it('fails an image without a byte, with its name', async () => {
    const resolving = resolve(found('a.png'), { read: () => Promise.resolve(Buffer.alloc(0)) });
    await expect(resolving).rejects.toMatchObject({
      reason: 'empty-file',
      message: 'a.png has no bytes',
    });
    expect(cache.findAlias(toAlias(found('a.png')))).toBeUndefined();
  });

  it("takes the older tool's vector instead of computing one", async () => {
    const older = Float32Array.from({ length: 512 }, () => 0.5);
    const ports = { legacyVector: () => Promise.resolve(older) };
    const resolved = await resolve(found('a.png'), ports);
    expect(resolved).toEqual({
      contentSha256: createHash('sha256').update(bytes).digest('hex'),
      widthPx: 640,
      heightPx: 480,
      vector: older,
      origin: 'legacy',
    });
    expect(done).toEqual(['read']);
    expect(await resolve(found('a.png'), ports)).toMatchObject({ origin: 'legacy' });
  });

  it('uses a vector that lost its line in the index, as what this run computed', async () => {
    await resolve(found('a.png'));
    const unlisted = { ...cache, findAlias: () => undefined, findContent: () => undefined };
    done = [];
    const resolved = await resolve(found('a.png', LATER_RUN), { cache: unlisted });
    expect(resolved).toMatchObject({ origin: 'computed', vector, widthPx: 640, heightPx: 480 });
    expect(Object.keys(resolved)).toHaveLength(5);
    expect(done).toEqual(['read']);
  });

  it('computes a vector anew whose file is gone', async () => {
    await resolve(found('a.png'));
    const gone = { ...cache, readVector: () => Promise.resolve(undefined) };
    done = [];
    expect(await resolve(found('a.png', LATER_RUN), { cache: gone })).toMatchObject({
      origin: 'computed',
    });
    expect(done).toEqual(['read', 'embed']);
  });

  it('stores again what has no checksum yet, and nothing else', async () => {
    await resolve(found('a.png'));
    const stored: unknown[] = [];
    const cacheWith = (isChecked: boolean): EmbeddingCache => ({
      ...cache,
      findAlias: (alias) => {
        const known = cache.findAlias(alias);
        return known && { ...known, isChecked };
      },
      store: (request) => {
        stored.push(request);
        return Promise.resolve();
      },
    });
    await resolve(found('a.png', LATER_RUN), { cache: cacheWith(true) });
    expect(stored).toEqual([]);
    await resolve(found('a.png', LATER_RUN), { cache: cacheWith(false) });
    expect(stored).toMatchObject([
      { alias: toAlias(found('a.png')), widthPx: 640, heightPx: 480, run: RUN, origin: 'computed' },
    ]);
  });

  it.each([
    ['a file', { kind: 'file', path: 'p', size: 70, modifiedMs: 1 }, 70, 'embed'],
    ['what is stored in an archive', entry(70, 70), 70, 'embed 5'],
    ['what is packed, for both are there while it is unpacked', entry(30, 70), 100, 'embed 5'],
  ] as const)('holds the bytes of %s', async (_what, source, size, embedded) => {
    await resolve({ ...found('a.png'), source });
    expect(held).toEqual([size]);
    expect(done).toEqual(['read', embedded]);
  });
});

function entry(compressedSize: number, size: number): ImageFound['source'] {
  return {
    ...{ kind: 'zip-entry', archive: 'p.zip', entry: 'a.png', offset: 0, method: 8, crc32: 5 },
    ...{ compressedSize, size, archiveSize: 1_000, modifiedMs: 1 },
  } as unknown as ImageFound['source'];
}

function toAlias({ image, source }: ImageFound) {
  return toImageAlias('dalia', image, source);
}
