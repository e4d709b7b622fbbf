import { expect, it } from 'vitest';
import { findBottleneck } from './find-bottleneck.js';

it('names the last stage with a queue', () => {
  expect(findBottleneck({ embedder: 9_000, predictor: 12, writer: 3 }, false)).toBe('embedder');
  expect(findBottleneck({ embedder: 9_000, predictor: 12, writer: 900 }, true)).toBe('writer');
});

it('names the extractor while it publishes and nothing waits', () => {
  expect(findBottleneck({ embedder: 3, predictor: 0, writer: 0 }, false)).toBe('extractor');
});

it('names nobody when all is done', () => {
  expect(findBottleneck({ embedder: 0, predictor: 0, writer: 0 }, true)).toBeNull();
});

it('takes a few messages as the usual traffic, and names the first stage that has any at the end', () => {
  expect(findBottleneck({ embedder: 4, predictor: 16, writer: 16 }, false)).toBe('extractor');
  expect(findBottleneck({ embedder: 5, predictor: 16, writer: 16 }, false)).toBe('embedder');
  expect(findBottleneck({ embedder: 0, predictor: 3, writer: 16 }, true)).toBe('predictor');
  expect(findBottleneck({ embedder: 0, predictor: 0, writer: 1 }, true)).toBe('writer');
});
