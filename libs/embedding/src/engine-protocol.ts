import type { Device, FailureReason, Preprocessing } from '@cullstream/contracts';

/** Default number of images that a worker decodes at the same time. */
export const DECODES_AT_ONCE = 2;

/** The options that a worker is started with. */
export interface WorkerOptions {
  readonly modelPath: string;
  /** The model was made by `shareWeights`. */
  readonly isOptimized?: boolean;
  readonly preprocess: Preprocessing;
  readonly intraOpThreads: number;
  readonly batchSize: number;
  /**
   * Images that a worker decodes at the same time. All but plain PNGs hold their pixels, 28 MB for
   * nine megapixels, so this number limits memory. A worker with one thread for the model decodes
   * in that thread, plain PNGs one by one; otherwise it has this number of threads for decoding.
   * Default: {@link DECODES_AT_ONCE}.
   */
  readonly decodesAtOnce?: number | undefined;
  /** Default: `cpu`. */
  readonly device?: Device | undefined;
  /** Memory of the clock that shows how long an inference has been running. */
  readonly clockMemory?: SharedArrayBuffer;
  /** Memory of the clock that shows which images are being decoded, and since when. */
  readonly decodeClockMemory?: SharedArrayBuffer;
}

export interface EncodedImage {
  readonly bytes: Uint8Array;
  /** CRC-32 of the bytes, where it has been checked. */
  readonly crc32?: number | undefined;
}

/** Message to a worker: one image. */
export interface EmbedRequest extends EncodedImage {
  readonly id: number;
}

export interface EmbedSuccess {
  readonly id: number;
  readonly vector: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Times of decoding and resampling the image, and of the inference of its batch. */
  readonly timings?: readonly Timing[];
}

export interface EmbedFailure {
  readonly id: number;
  readonly message: string;
  /** Absent where the failure is transient or a bug. */
  readonly reason?: FailureReason | undefined;
}

/** The duration of one step: of one image, or of one batch for the inference. */
export interface Timing {
  readonly stage: 'decode' | 'resample' | 'infer';
  readonly durationMs: number;
  /** Bytes of the encoded image, of its pixels, or of all pixels of the batch. */
  readonly bytes: number;
}

/** Message from a worker: it is ready, the outcome of images, or why it cannot work at all. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'embedded';
      readonly images: readonly EmbedSuccess[];
      /** Since the previous message. */
      readonly timings: readonly Timing[];
    }
  | { readonly kind: 'failed'; readonly images: readonly EmbedFailure[] }
  | {
      readonly kind: 'unusable';
      readonly message: string;
      /** What the user can do about it, where settings are the cause. */
      readonly problems?: readonly string[] | undefined;
    };
