/** Least number of images published ahead, at any rate: a few seconds of work for a slow machine. */
const LEAST_AHEAD = 128;
/** How far ahead images are published, in seconds of the embedders' work. */
const AHEAD_S = 4;
/** A rate measured over less time than this is not reliable. */
const LEAST_INTERVAL_MS = 200;

/**
 * How far the extractor publishes ahead of the embedders. The order of messages in the stream is fixed;
 * only images that are not published yet can still be paused, cancelled or moved behind others.
 */
export class FeedWindow {
  private published = 0;
  private last: { readonly taken: number; readonly atMs: number } | undefined;
  private perSecond = 0;

  /** Notes that so many more images are in the stream. */
  add(images: number): void {
    this.published += images;
  }

  /**
   * How many images may be published now; 0 as long as it would be only a few.
   * @param waiting images that the embedders have not finished yet
   */
  room(waiting: number, atMs: number): number {
    const taken = this.published - waiting;
    const elapsedMs = atMs - (this.last?.atMs ?? -Infinity);
    if (elapsedMs >= LEAST_INTERVAL_MS) {
      const before = this.last?.taken ?? taken;
      this.perSecond = Math.max(0, ((taken - before) * 1_000) / elapsedMs);
      this.last = { taken, atMs };
    }
    const ahead = Math.ceil(Math.max(LEAST_AHEAD, AHEAD_S * this.perSecond));
    return waiting > ahead * 0.75 ? 0 : ahead - waiting;
  }
}
