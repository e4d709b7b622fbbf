import type { Device, FailureReason, Preprocessing } from '@cullstream/contracts';

/** How many images a worker decodes at the same time where nothing is said. */
export const DECODES_AT_ONCE = 2;

/** What a worker is started with. */
export interface WorkerOptions {
  readonly modelPath: string;
  /** The model was made by `shareWeights`. */
  readonly isOptimized?: boolean;
  readonly preprocess: Preprocessing;
  readonly intraOpThreads: number;
  readonly batchSize: number;
  /**
   * Images that a worker decodes at the same time. Each but a plain PNG holds its pixels, 28 MB for
   * nine megapixels, so their number bounds memory. A worker with one thread for the model decodes in
   * it, plain PNGs one by one; otherwise it has so many threads for decoding. Default: {@link DECODES_AT_ONCE}.
   */
  readonly decodesAtOnce?: number | undefined;
  /** Default: `cpu`. */
  readonly device?: Device | undefined;
  /** Of the clock that tells how long an inference has been under way. */
  readonly clockMemory?: SharedArrayBuffer;
  /** Of the clock that tells which images are being decoded, and since when. */
  readonly decodeClockMemory?: SharedArrayBuffer;
}

export interface EncodedImage {
  readonly bytes: Uint8Array;
  /** CRC-32 of the bytes, where it was compared with them already. */
  readonly crc32?: number | undefined;
}

/** To a worker: one image. */
export interface EmbedRequest extends EncodedImage {
  readonly id: number;
}

export interface EmbedSuccess {
  readonly id: number;
  readonly vector: Float32Array;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Of decoding and resampling it, and of the inference of its batch. */
  readonly timings?: readonly Timing[];
}

export interface EmbedFailure {
  readonly id: number;
  readonly message: string;
  /** Absent where the failure is passing or a bug. */
  readonly reason?: FailureReason | undefined;
}

/** How long a part took: of one image, or of one batch where it is inferred. */
export interface Timing {
  readonly stage: 'decode' | 'resample' | 'infer';
  readonly durationMs: number;
  /** Of the encoded image, of its pixels, and of all pixels of the batch. */
  readonly bytes: number;
}

/** From a worker: it is ready, or the outcome of images, or why it cannot work at all. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'embedded';
      readonly images: readonly EmbedSuccess[];
      /** Since the message before. */
      readonly timings: readonly Timing[];
    }
  | { readonly kind: 'failed'; readonly images: readonly EmbedFailure[] }
  | {
      readonly kind: 'unusable';
      readonly message: string;
      /** What the user can do about it, where it is a matter of settings. */
      readonly problems?: readonly string[] | undefined;
    };
