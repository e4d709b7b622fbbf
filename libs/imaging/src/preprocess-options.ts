export interface PreprocessedImage {
  /** RGB, 8 bits, [224][224][3]. */
  readonly pixels: Uint8Array;
  /** Size of the whole image as Pillow reports it: EXIF rotation is not applied. */
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Told how long a part of the way to pixels took, where it is a part of its own, and of how many bytes:
 * the encoded image when it is decoded, its pixels when they are resampled.
 */
export type OnPreprocessed = (
  stage: 'decode' | 'resample',
  durationMs: number,
  bytes: number,
) => void;

export interface PreprocessOptions {
  readonly onStage?: OnPreprocessed;
  /** CRC-32 of the bytes, where it was compared with them already, as of an entry of an archive. */
  readonly crc32?: number | undefined;
}
