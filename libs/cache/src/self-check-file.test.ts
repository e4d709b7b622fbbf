import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import { silentLog } from '@cullstream/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEmbeddingCache } from './embedding-cache.js';
import { storeSelfCheck, readSelfCheck, selfCheckPath, type SelfCheck } from './self-check-file.js';

const model = { file: 'clip.onnx', sha256: 'a'.repeat(64) };
const recipe: EmbeddingRecipe = {
  ...{ id: '1111111111111111', model, preprocessing: 'exact-1', precision: 'fp32' },
};
const other: EmbeddingRecipe = { ...recipe, id: '2222222222222222', precision: 'int8' };

function made(value: number): SelfCheck {
  const vector = new Float32Array(512).fill(value);
  return { madeBy: { onnxruntime: '1' }, vectors: [{ image: 'b'.repeat(64), vector }] };
}

let dataDir: string;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'cullstream-self-check-'));
  for (const each of [recipe, other]) {
    await openEmbeddingCache({ dataDir, recipe: each, log: silentLog });
  }
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

describe('what a cache was begun with', () => {
  it('is kept once, beside the vectors of its recipe', () => {
    expect(readSelfCheck({ dataDir, recipe })).toBeUndefined();
    expect(storeSelfCheck({ dataDir, recipe }, made(1))).toEqual(made(1));
    expect(storeSelfCheck({ dataDir, recipe }, made(2))).toEqual(made(1));
    expect(readSelfCheck({ dataDir, recipe })).toEqual(made(1));
    expect(readSelfCheck({ dataDir, recipe: other })).toBeUndefined();
    const folder = join(dataDir, 'ai_data/embeddings');
    expect(readdirSync(folder)).toEqual([other.id, 'recipe.json', 'self-check.json']);
  });

  it.each([
    ['torn', (text: string) => text.slice(0, 40)],
    ['of another recipe', (text: string) => text.replace(recipe.id, other.id)],
    ['changed in one number', (text: string) => text.replace('AACAP', 'AACAQ')],
    ['without its numbers', (text: string) => text.replace(/"vector": "[^"]*"/, '"vector": ""')],
  ])('is made anew where its file is %s', (_what, damage) => {
    storeSelfCheck({ dataDir, recipe }, made(1));
    const path = selfCheckPath({ dataDir, recipe }) ?? '';
    writeFileSync(path, damage(readFileSync(path, 'utf8')));
    expect(readSelfCheck({ dataDir, recipe })).toBeUndefined();
    expect(storeSelfCheck({ dataDir, recipe }, made(2))).toEqual(made(2));
  });

  it('is used where its file is of before there were checksums', () => {
    storeSelfCheck({ dataDir, recipe }, made(1));
    const path = selfCheckPath({ dataDir, recipe }) ?? '';
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace(/,\s*"checksum": \d+/, ''));
    expect(readFileSync(path, 'utf8')).not.toBe(text);
    expect(readSelfCheck({ dataDir, recipe })).toEqual(made(1));
  });

  it('is of no use where one vector of several is short', () => {
    const [vector] = made(1).vectors as [SelfCheck['vectors'][number]];
    const short = { image: 'c'.repeat(64), vector: new Float32Array(3) };
    storeSelfCheck({ dataDir, recipe }, { ...made(1), vectors: [vector, short] });
    expect(readSelfCheck({ dataDir, recipe })).toBeUndefined();
  });

  it('cannot be kept for a recipe without a folder, which is a fault of the caller', () => {
    const unknown = { ...recipe, id: '3'.repeat(16) };
    expect(readSelfCheck({ dataDir, recipe: unknown })).toBeUndefined();
    expect(() => storeSelfCheck({ dataDir, recipe: unknown }, made(1))).toThrow(
      `recipe ${unknown.id} has no folder in the cache`,
    );
  });

  it('says what cannot be read or written, and leaves nothing half-written', () => {
    const path = selfCheckPath({ dataDir, recipe }) ?? '';
    mkdirSync(path);
    expect(() => readSelfCheck({ dataDir, recipe })).toThrow(`cannot read ${path}`);
    expect(() => storeSelfCheck({ dataDir, recipe }, made(1))).toThrow(path);
    expect(readdirSync(join(path, '..')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});
