/** Images that wait at the embedder whatever its rate: a few seconds of work for a slow machine. */
const LEAST_AHEAD = 512;
/** Images that wait at most, as seconds of what embedders take. */
const AHEAD_S = 10;

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
   * How many images may be published now; zero or less for none.
   * @param waiting images that embedders have still to do
   */
  room(waiting: number, atMs: number): number {
    const taken = this.published - waiting;
    if (this.last === undefined) this.last = { taken, atMs };
    else if (atMs > this.last.atMs) {
      const seconds = (atMs - this.last.atMs) / 1_000;
      this.perSecond = Math.max(0, (taken - this.last.taken) / seconds);
      this.last = { taken, atMs };
    }
    return Math.ceil(Math.max(LEAST_AHEAD, AHEAD_S * this.perSecond)) - waiting;
  }
}
