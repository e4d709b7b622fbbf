export interface RgbImage {
  /** RGB, 8 bits, [heightPx][widthPx][3]. */
  readonly pixels: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}
