import { describe, expect, it } from 'vitest';
import { listBatchShapes, toShape } from './batch-shapes.js';

describe('the batch shapes of a device', () => {
  it('are few, from one image to the full batch', () => {
    expect(listBatchShapes('webgpu', 16)).toEqual([1, 4, 16]);
    expect(listBatchShapes('coreml', 6)).toEqual([1, 4, 6]);
    expect(listBatchShapes('webgpu', 1)).toEqual([1]);
  });

  it('is one where a change of shape compiles anew', () => {
    expect(listBatchShapes('dml', 16)).toEqual([16]);
  });

  it('are any where nothing is compiled', () => {
    expect(listBatchShapes('cpu', 16)).toBeUndefined();
    expect(listBatchShapes('cuda', 16)).toBeUndefined();
  });
});

describe('the shape of a batch', () => {
  it('is the smallest that holds it', () => {
    expect([1, 2, 4, 5, 16].map((n) => toShape([1, 4, 16], n))).toEqual([1, 4, 4, 16, 16]);
  });

  it('is the largest where none holds it', () => {
    expect(toShape([1, 4, 16], 40)).toBe(16);
  });
});
