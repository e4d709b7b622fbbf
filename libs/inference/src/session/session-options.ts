import type { InferenceSession } from 'onnxruntime-node';

/**
 * Sessions that share the machine: a fixed number of threads, none of which spins while it waits.
 * Spinning costs the decoders a tenth of the machine.
 */
export function sessionOptions(threads: {
  readonly intraOpThreads: number;
}): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads.intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: {
      session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    },
  };
}
