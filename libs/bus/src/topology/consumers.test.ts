import { describe, expect, it } from 'vitest';
import { batchSizes, consumerSpec } from './consumers.js';

describe('consumerSpec', () => {
  it('names the consumer of one run after the run', () => {
    const spec = consumerSpec('embedder', { run: '20260131T094500Z-k3x9', maxAckPending: 16 });

    expect(spec).toEqual({
      stream: 'IMAGES',
      durable: 'embedder_20260131T094500Z-k3x9',
      filter: 'cull.images.20260131T094500Z-k3x9.>',
      ackWaitMs: 60_000,
      maxAckPending: 16,
    });
  });

  it('reads all runs where none is named', () => {
    expect(consumerSpec('writer', { maxAckPending: 4, ackWaitMs: 9 })).toEqual({
      stream: 'PREDICTIONS',
      durable: 'writer',
      filter: 'cull.predictions.>',
      ackWaitMs: 9,
      maxAckPending: 4,
    });
  });

  it('lets every replica have two batches in hand', () => {
    expect(consumerSpec('embedder', { replicas: 3 }).maxAckPending).toBe(6 * batchSizes.embedder);
    expect(consumerSpec('predictor').maxAckPending).toBe(2 * batchSizes.predictor);
  });
});
