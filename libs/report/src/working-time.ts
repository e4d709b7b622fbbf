import { IDLE_AFTER_MS } from './throughput.js';

/** A period in which a run was worked on. Milliseconds since 1970. */
export interface WorkingStretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * The progress is checked every second. After a longer gap, the process was stopped or the machine
 * slept.
 */
const AWAY_AFTER_MS = 30_000;

/**
 * The time in which a run was worked on. It excludes pauses, time in which the progress was not
 * checked (the run was interrupted or the machine slept) and long times without a result (the disk
 * was full or the originals were unreachable).
 */
export class WorkingTime {
  readonly #ended: WorkingStretch[];
  #current: WorkingStretch | undefined;
  #lookedAtMs: number | undefined;
  #finished: number | undefined;
  #progressAtMs = 0;

  /** @param known periods that an earlier process recorded for the run */
  constructor(known: readonly WorkingStretch[] = []) {
    this.#ended = [...known];
  }

  /** @param finished images that have ended so far */
  observe(nowMs: number, finished: number): void {
    const before = this.#lookedAtMs;
    this.#lookedAtMs = nowMs;
    const hasProgressed = this.#finished !== undefined && finished > this.#finished;
    this.#finished = finished;
    if (before === undefined || nowMs - before > AWAY_AFTER_MS) {
      this.#end();
      this.#begin(nowMs, nowMs);
      return;
    }
    if (hasProgressed) {
      this.#progressAtMs = nowMs;
      if (this.#current === undefined) this.#begin(before, nowMs);
      else this.#current = { ...this.#current, toMs: nowMs };
    } else if (this.#current !== undefined && nowMs - this.#progressAtMs > IDLE_AFTER_MS) {
      this.#current = { ...this.#current, toMs: this.#progressAtMs };
      this.#end();
    } else if (this.#current !== undefined) {
      this.#current = { ...this.#current, toMs: nowMs };
    }
  }

  /** Ends the current period because the run is paused. */
  interrupt(): void {
    this.#end();
    this.#lookedAtMs = undefined;
  }

  get stretches(): readonly WorkingStretch[] {
    return this.#current === undefined ? this.#ended : [...this.#ended, this.#current];
  }

  /**
   * Seconds of work between two times. A period that has not ended counts up to the second time.
   */
  secondsBetween(fromMs: number, toMs: number): number {
    const current = this.#current && { ...this.#current, toMs: Math.max(this.#current.toMs, toMs) };
    const all = current === undefined ? this.#ended : [...this.#ended, current];
    const workedMs = all.reduce(
      (sum, each) => sum + Math.max(0, Math.min(each.toMs, toMs) - Math.max(each.fromMs, fromMs)),
      0,
    );
    return workedMs / 1_000;
  }

  #begin(fromMs: number, toMs: number): void {
    this.#current = { fromMs, toMs };
    this.#progressAtMs = toMs;
  }

  #end(): void {
    if (this.#current !== undefined && this.#current.toMs > this.#current.fromMs) {
      this.#ended.push(this.#current);
    }
    this.#current = undefined;
  }
}
