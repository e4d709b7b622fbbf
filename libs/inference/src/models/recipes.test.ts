import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical-digest.js';
import { toEmbeddingRecipe, toPredictionRecipe } from './recipes.js';

const model = { file: 'clip.onnx', sha256: '0'.repeat(64) };
const parts = { model, preprocessing: 'exact-1', precision: 'fp32' } as const;
const features = { embedding: 'raw', dimensionScale: 2048 } as const;

describe('recipes', () => {
  it('have the same id for the same parts for ever', () => {
    const embedding = toEmbeddingRecipe(parts);
    expect(embedding.id).toBe('40dea3b10c19d89e');
    const mlp = { ...model, features };
    expect(toPredictionRecipe(embedding, mlp, mlp).id).toBe('0eb29340cba72046');
  });

  it.each([
    { ...parts, preprocessing: 'fast-1' },
    { ...parts, precision: 'int8' as const },
    { ...parts, model: { ...model, sha256: '1'.repeat(64) } },
    { ...parts, activation: 'gelu' as const },
  ])('have another id where a vector would differ', (other) => {
    expect(toEmbeddingRecipe(other).id).not.toBe(toEmbeddingRecipe(parts).id);
  });

  it('do not know the names of files', () => {
    const renamed = { ...parts, model: { ...model, file: 'other.onnx' } };
    expect(toEmbeddingRecipe(renamed).id).toBe(toEmbeddingRecipe(parts).id);
  });
});

describe('canonicalJson', () => {
  it('orders keys and leaves out what is undefined', () => {
    expect(canonicalJson({ b: [1, 'x', null], a: { d: undefined, c: 0.5 } })).toBe(
      '{"a":{"c":0.5},"b":[1,"x",null]}',
    );
  });
});
