import type { Device } from '@cullstream/contracts';
import type { InferenceSession } from 'onnxruntime-node';

/** WebGPU has no kernel for what this optimiser makes. */
const withoutUnknownNodes = { disable_specified_optimizers: 'MatmulTransposeFusion' };

/**
 * Sessions share the processor with decoders, so they have a fixed number of threads that do not
 * spin while they wait. Spinning would take a tenth of the processor from the decoders.
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
