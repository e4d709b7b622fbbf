const MB = 1024 * 1024;

/** Budget for all images in progress without a cap: about what two batches of two workers need. */
const DEFAULT_BYTES = 192 * MB;
/** With a smaller budget a worker would have to wait for its next image. */
const LEAST_BYTES = 64 * MB;
/**
 * Decoded images up to this size (ten megapixels) do not count against the budget: the number that a
 * worker decodes at the same time limits them. Larger ones count.
 */
export const USUAL_DECODED_BYTES = 64 * MB;
/** Memory of Node, its libraries, and garbage that is not collected yet. */
const PROCESS_BYTES = 256 * MB;
/** Working memory of one session and its thread. */
const WORKER_BYTES = 64 * MB;

export interface MemoryUse {
  readonly workers: number;
  /** Number of images that a worker decodes at the same time. */
  readonly decodes: number;
  /** Size of the image encoder, which all workers share. */
  readonly modelBytes: number;
  /** Memory cap of the embedder; undefined without one. */
  readonly capBytes: number | undefined;
}

export interface ImageBudget {
  /** Memory for all images in progress: packed, unpacked and decoded. */
  readonly bytes: number;
  /** Most memory that the embedder takes, unless a single image needs more than the budget. */
  readonly totalBytes: number;
}

/** The part of the cap that is left for images after the fixed needs, but never less than a minimum. */
export function toImageBudget({ workers, decodes, modelBytes, capBytes }: MemoryUse): ImageBudget {
  const fixed =
    PROCESS_BYTES + modelBytes + workers * (WORKER_BYTES + decodes * USUAL_DECODED_BYTES);
  const bytes =
    capBytes === undefined ? DEFAULT_BYTES : Math.max(LEAST_BYTES, Math.floor(capBytes - fixed));
  return { bytes, totalBytes: fixed + bytes };
}
