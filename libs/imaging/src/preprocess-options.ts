export interface PreprocessedImage {
  /** RGB, 8 bits, [224][224][3]. */
  readonly pixels: Uint8Array;
  /** Size of the whole image as Pillow reports it: EXIF rotation is not applied. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Called with the duration of a step and the number of its bytes: those of the encoded image for decoding, and
 * of its pixels for resampling. Steps that are not separate are not reported.
 */
export type OnPreprocessed = (
  stage: 'decode' | 'resample',
  durationMs: number,
  bytes: number,
) => void;

export interface PreprocessOptions {
  readonly onStage?: OnPreprocessed;
  /** CRC-32 of the bytes if it has been checked already, as for an entry of an archive. */
  readonly crc32?: number | undefined;
}
