/** Many times what the largest allowed image takes on a slow and busy machine. */
export const DECODE_LIMIT_MS = 300_000;

/** Values of each slot: when its decode began, and the id of the image. */
const SLOT_WORDS = 2;
const SLOT_BYTES = SLOT_WORDS * BigInt64Array.BYTES_PER_ELEMENT;

/**
 * Shows which images are being decoded, and since when. A decode blocks its thread, and one that
 * never ends blocks it for ever, so another thread must look at the clock, through shared memory.
 */
export class DecodeClock {
  readonly memory: SharedArrayBuffer;
  readonly #words: BigInt64Array;

  /** @param given how many images at the same time, or the memory of a clock in another thread */
  constructor(given: number | SharedArrayBuffer) {
    this.memory = typeof given === 'number' ? new SharedArrayBuffer(given * SLOT_BYTES) : given;
    this.#words = new BigInt64Array(this.memory);
  }

  async time<T>(id: number, decode: () => Promise<T>): Promise<T> {
    const slot = this.#take(id);
    try {
      return await decode();
    } finally {
      if (slot !== undefined) Atomics.store(this.#words, slot, 0n);
    }
  }

  /** An image whose decode has been running for longer than the limit. */
  findOverdue(limitMs: number): number | undefined {
    const now = process.hrtime.bigint();
    for (let slot = 0; slot < this.#words.length; slot += SLOT_WORDS) {
      const startedNs = Atomics.load(this.#words, slot);
      if (startedNs <= 0n || (now - startedNs) / 1_000_000n <= limitMs) continue;
      const id = Atomics.load(this.#words, slot + 1);
      // Otherwise the decode has just ended, and the id may be that of another image.
      if (Atomics.load(this.#words, slot) === startedNs) return Number(id);
    }
    return undefined;
  }

  /**
   * Undefined where all slots are taken, because more images are decoded at once than was stated.
   */
  #take(id: number): number | undefined {
    const startedNs = process.hrtime.bigint();
    for (let slot = 0; slot < this.#words.length; slot += SLOT_WORDS) {
      if (Atomics.compareExchange(this.#words, slot, 0n, -1n) !== 0n) continue;
      Atomics.store(this.#words, slot + 1, BigInt(id));
      Atomics.store(this.#words, slot, startedNs);
      return slot;
    }
    return undefined;
  }
}
