import type { Device } from '@cullstream/contracts';
import type { InferenceSession } from 'onnxruntime-node';

/** WebGPU has no kernel for what this optimiser makes. */
const withoutUnknownNodes = { disable_specified_optimizers: 'MatmulTransposeFusion' };

/**
 * Sessions that share the machine: a fixed number of threads, none of which spins while it waits.
 * Spinning costs the decoders a tenth of the machine.
 */
export function sessionOptions({
  intraOpThreads,
  isOptimized = false,
  device = 'cpu',
}: {
  readonly intraOpThreads: number;
  /** The file is already optimised by onnxruntime for this machine. */
  readonly isOptimized?: boolean;
  /**
   * Where the device is missing, or has no kernel for even one node, no session is made: a slow
   * session would look like a broken card.
   */
  readonly device?: Device;
}): InferenceSession.SessionOptions {
  return {
    executionProviders: [device],
    intraOpNumThreads: intraOpThreads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: isOptimized ? 'disabled' : 'all',
    extra: {
      session: {
        intra_op: { allow_spinning: '0' },
        inter_op: { allow_spinning: '0' },
        ...(device === 'cpu' ? {} : { disable_cpu_ep_fallback: '1' }),
      },
      ...(device === 'webgpu' ? { optimization: withoutUnknownNodes } : {}),
    },
  };
}
