import type { Bucket, StoredObject } from './bucket.js';

export interface ObjectReaderOptions {
  /** Largest range that is requested ahead, in bytes. */
  readonly mostAheadBytes?: number;
  /** Memory for what was requested ahead, in bytes. */
  readonly memoryBytes?: number;
}

const MIB = 1 << 20;
const FIRST_AHEAD_BYTES = MIB;
const MOST_AHEAD_BYTES = 4 * MIB;
const MEMORY_BYTES = 32 * MIB;
/** What may lie between neighbours: headers, names, small files that nobody reads. */
const GAP_BYTES = 64 * 1024;
/** Places of objects, in all, behind which the next read is expected: the stages of a project, for example. */
const MOST_TRAILS = 32;

/** A range counts as left behind when so many reads have passed it by: more than there are at the same time. */
const READS_UNTIL_LEFT = 64;

/** Where reads went on one after another. */
interface Trail {
  readonly etag: string;
  readonly key: string;
  end: number;
  aheadBytes: number;
}

/**
 * Reads pieces of objects. Neighbours that are read one after another are requested together, in ranges that
 * grow; whoever waits for a piece gets it as soon as its own bytes are there.
 */
export class ObjectReader {
  readonly #bucket: Bucket;
  readonly #mostAheadBytes: number;
  readonly #memoryBytes: number;
  readonly #windows = new Set<Window>();
  readonly #trails: Trail[] = [];
  #reads = 0;

  constructor(bucket: Bucket, options: ObjectReaderOptions = {}) {
    this.#bucket = bucket;
    this.#mostAheadBytes = options.mostAheadBytes ?? MOST_AHEAD_BYTES;
    this.#memoryBytes = options.memoryBytes ?? MEMORY_BYTES;
  }

  /**
   * Fills `target` with the bytes of an object from `position` on.
   * @returns the number of bytes; less than requested only at the end of the object
   * @throws {StorageError} as a bucket does
   */
  async read(object: StoredObject, target: Buffer, position: number): Promise<number> {
    const length = Math.min(target.length, object.size - position);
    if (length <= 0) return 0;
    const known = this.#findWindow(object, position, length);
    const aheadBytes = this.#follow(object, position, length);
    const window = known ?? this.#openWindow(object, position, length, aheadBytes);
    this.#reads += 1;
    if (window === undefined) return this.#bucket.read(object, target, position);
    window.usedAt = this.#reads;
    const read = await window.copy(target, position, length);
    // Unless another piece of this size fits in, nothing more of it is read.
    const rest = Math.min(GAP_BYTES, length - 1);
    if (position + length + rest >= window.end) this.#windows.delete(window);
    return read;
  }

  #findWindow(object: StoredObject, position: number, length: number): Window | undefined {
    for (const window of this.#windows) if (window.holds(object, position, length)) return window;
    return undefined;
  }

  /** @returns how much to request from there on; 0 unless it goes on where another read ended */
  #follow({ key, etag }: StoredObject, position: number, length: number): number {
    const index = this.#trails.findIndex(
      (trail) =>
        trail.key === key && trail.etag === etag && Math.abs(position - trail.end) <= GAP_BYTES,
    );
    const [trail = { key, etag, end: 0, aheadBytes: 0 }] =
      index < 0 ? [] : this.#trails.splice(index, 1);
    const { aheadBytes } = trail;
    trail.end = position + length;
    trail.aheadBytes = Math.min(Math.max(2 * aheadBytes, FIRST_AHEAD_BYTES), this.#mostAheadBytes);
    this.#trails.push(trail);
    if (this.#trails.length > MOST_TRAILS) this.#trails.shift();
    return aheadBytes;
  }

  /** Undefined for a piece that is better requested alone, or if there is no memory. */
  #openWindow(
    object: StoredObject,
    position: number,
    length: number,
    aheadBytes: number,
  ): Window | undefined {
    if (2 * length > aheadBytes) return undefined;
    const size = Math.min(aheadBytes, object.size - position);
    if (!this.#makeRoom(size)) return undefined;
    const window = new Window(object, position, size);
    this.#windows.add(window);
    window.fill(this.#bucket).catch(() => this.#windows.delete(window));
    return window;
  }

  #makeRoom(bytes: number): boolean {
    let held = bytes;
    for (const window of this.#windows) held += window.bytes.length;
    for (const window of this.#windows) {
      if (held <= this.#memoryBytes) return true;
      // One that others still read must stay: it would be requested again and again.
      if (!window.isFull || this.#reads - window.usedAt < READS_UNTIL_LEFT) continue;
      this.#windows.delete(window);
      held -= window.bytes.length;
    }
    return held <= this.#memoryBytes;
  }
}

interface Waiter {
  readonly until: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A range of an object that was requested ahead. */
class Window {
  readonly #object: StoredObject;
  readonly start: number;
  readonly bytes: Buffer;
  /** Number of the read that used it last. */
  usedAt = 0;
  #filled = 0;
  #waiters: Waiter[] = [];

  constructor(object: StoredObject, start: number, length: number) {
    this.#object = object;
    this.start = start;
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  get end(): number {
    return this.start + this.bytes.length;
  }

  get isFull(): boolean {
    return this.#filled === this.bytes.length;
  }

  holds({ key, etag }: StoredObject, position: number, length: number): boolean {
    const isSame = key === this.#object.key && etag === this.#object.etag;
    return isSame && position >= this.start && position + length <= this.end;
  }

  /** Requests the range. @throws {StorageError} to whoever waits, too */
  async fill(bucket: Bucket): Promise<void> {
    try {
      await bucket.read(this.#object, this.bytes, this.start, (filled) => {
        this.#filled = filled;
        const isServed = ({ until }: Waiter) => until <= filled;
        for (const { resolve } of this.#waiters.filter(isServed)) resolve();
        this.#waiters = this.#waiters.filter((waiter) => !isServed(waiter));
      });
    } catch (error) {
      const fault = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of this.#waiters) reject(fault);
      this.#waiters = [];
      throw fault;
    }
  }

  /** Waits for the bytes and copies them. */
  async copy(target: Buffer, position: number, length: number): Promise<number> {
    const from = position - this.start;
    const until = from + length;
    if (this.#filled < until) {
      await new Promise<void>((resolve, reject) => this.#waiters.push({ until, resolve, reject }));
    }
    return this.bytes.copy(target, 0, from, until);
  }
}
