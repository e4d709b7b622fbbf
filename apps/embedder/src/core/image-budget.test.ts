import { describe, expect, it } from 'vitest';
import { toImageBudget } from './image-budget.js';

const MB = 1024 * 1024;
const use = { workers: 2, decodes: 2, modelBytes: 350 * MB };

describe('the budget of images in hand', () => {
  it('is what two batches of two workers need where nothing is said', () => {
    expect(toImageBudget({ ...use, capBytes: undefined }).bytes).toBe(192 * MB);
  });

  it('is the rest of a cap beside process, model, workers and their usual decodes', () => {
    const { bytes, totalBytes } = toImageBudget({ ...use, capBytes: 1_500 * MB });
    expect(bytes).toBe((1_500 - 256 - 350 - 2 * (64 + 2 * 64)) * MB);
    expect(totalBytes).toBe(1_500 * MB);
  });

  it('is some at least, and says what the embedder takes then', () => {
    const { bytes, totalBytes } = toImageBudget({ ...use, capBytes: 100 * MB });
    expect(bytes).toBe(64 * MB);
    expect(totalBytes).toBe((256 + 350 + 2 * (64 + 2 * 64) + 64) * MB);
  });
});
