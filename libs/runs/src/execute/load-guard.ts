/** Starting embedders costs seconds: they are not held for less. */
const LEAST_HOLD_MS = 20_000;

/** Says when embedders have to wait because the machine has too much to do. */
export class LoadGuard {
  private readonly maxLoad: number;
  private heldSinceMs: number | undefined;

  /** @param maxLoad of the load average over a minute, the embedders' own share included */
  constructor(maxLoad: number) {
    this.maxLoad = maxLoad;
  }

  /** Whether they have to wait, with the machine's load as it is now. */
  holds(load: number, atMs: number): boolean {
    if (load > this.maxLoad) this.heldSinceMs ??= atMs;
    else if (this.heldSinceMs !== undefined && atMs - this.heldSinceMs >= LEAST_HOLD_MS) {
      this.heldSinceMs = undefined;
    }
    return this.heldSinceMs !== undefined;
  }
}
