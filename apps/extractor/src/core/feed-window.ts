/** Images that wait at the embedders whatever their rate: a few seconds of work for a slow machine. */
const LEAST_AHEAD = 128;
/** Images that wait at most, as seconds of what embedders take. */
const AHEAD_S = 4;
/** A rate over less than this is chance. */
const LEAST_INTERVAL_MS = 200;

/**
 * How far the extractor publishes ahead of the embedders. What waits in the stream has its order for
 * good; what is not published yet can still be paused, cancelled or overtaken.
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
   * How many images may be published now: none until it is worth it.
   * @param waiting images that embedders have still to do
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
