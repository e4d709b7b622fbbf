const MB = 1024 * 1024;

/** Bytes of images in hand together where no cap is said: about what two batches of two workers need. */
const DEFAULT_BYTES = 192 * MB;
/** Less would leave a worker without its next image. */
const LEAST_BYTES = 64 * MB;
/**
 * Decoded images of up to so many bytes, ten megapixels, are bounded by how many a worker decodes at the
 * same time; larger ones count against the budget.
 */
export const USUAL_DECODED_BYTES = 64 * MB;
/** The runtime, its libraries, and garbage that is not collected yet. */
const PROCESS_BYTES = 256 * MB;
/** A session's working memory, and a thread's. */
const WORKER_BYTES = 64 * MB;

export interface MemoryUse {
  readonly workers: number;
  /** Images a worker decodes at the same time. */
  readonly decodes: number;
  /** Of the encoder, which all workers share. */
  readonly modelBytes: number;
  /** What the embedder may take; undefined where nobody said. */
  readonly capBytes: number | undefined;
}

export interface ImageBudget {
  /** Of images in hand together, packed, unpacked and decoded. */
  readonly bytes: number;
  /** What the embedder takes at most, unless an image alone takes more than the budget. */
  readonly totalBytes: number;
}

/** What is left for images beside what the embedder always takes: the rest of the cap, and some at least. */
export function toImageBudget({ workers, decodes, modelBytes, capBytes }: MemoryUse): ImageBudget {
  const fixed =
    PROCESS_BYTES + modelBytes + workers * (WORKER_BYTES + decodes * USUAL_DECODED_BYTES);
  const bytes =
    capBytes === undefined ? DEFAULT_BYTES : Math.max(LEAST_BYTES, Math.floor(capBytes - fixed));
  return { bytes, totalBytes: fixed + bytes };
}
