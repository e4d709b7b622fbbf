import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingRecipe, ImageFound } from '@cullstream/contracts';
import { openEmbeddingCache, toImageAlias, type EmbeddingCache } from '@cullstream/cache';
import { silentLog } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveEmbedding } from './resolve-embedding.js';

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
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-resolve-'));
  cache = await openEmbeddingCache({ dataDir, recipe, log: silentLog });
  done = [];
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

function resolve(event: ImageFound) {
  return resolveEmbedding(event, toImageAlias('dalia', event.image, event.source), {
    cache,
    whileHolding: (_sizeBytes, work) => work(),
    whileDecoding: (_bytes, work) => work(),
    read: () => {
      done.push('read');
      return Promise.resolve(bytes);
    },
    digest: (data) => createHash('sha256').update(data).digest('hex'),
    sizeOf: () => Promise.resolve({ widthPx: 640, heightPx: 480 }),
    embed: () => {
      done.push('embed');
      return Promise.resolve({ vector, widthPx: 640, heightPx: 480 });
    },
    legacyVector: () => Promise.resolve(undefined),
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

  it('embeds the same bytes once, whatever their name', async () => {
    await resolve(found('a.png'));
    done = [];
    expect(await resolve(found('b.png'))).toMatchObject({ origin: 'cached', vector });
    expect(done).toEqual(['read']);
  });
});
