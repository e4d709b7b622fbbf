import type { InferenceSession } from 'onnxruntime-node';
import type { Provider } from './execution-providers.js';

/**
 * Sessions that share the machine: a fixed number of threads, none of which spins while it waits.
 * Spinning costs the decoders a tenth of the machine.
 */
export function sessionOptions({
  intraOpThreads,
  isOptimized = false,
  provider = 'cpu',
}: {
  readonly intraOpThreads: number;
  /** The file is what onnxruntime made of a model for this machine: nothing is left to do. */
  readonly isOptimized?: boolean;
  /** Where it cannot be had, no session is made: a slow one would be taken for a broken card. */
  readonly provider?: Provider;
}): InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: isOptimized ? 'disabled' : 'all',
    extra: {
      session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } },
    },
  };
}
