/** Many times what a whole batch takes on a slow and busy machine. */
export const INFERENCE_LIMIT_MS = 300_000;

/**
 * Measures how long an inference has been running. An inference blocks its thread, and one that
 * never ends blocks it for ever, so another thread must look at the clock, through shared memory.
 */
export class InferenceClock {
  readonly memory: SharedArrayBuffer;
  readonly #startedNs: BigInt64Array;

  /** @param memory that of a clock in another thread; without it a new clock is made */
  constructor(memory = new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#startedNs = new BigInt64Array(memory);
  }

  async time<T>(infer: () => Promise<T>): Promise<T> {
    Atomics.store(this.#startedNs, 0, process.hrtime.bigint());
    try {
      return await infer();
    } finally {
      Atomics.store(this.#startedNs, 0, 0n);
    }
  }

  /** Zero where no inference is running. */
  get runningMs(): number {
    const startedNs = Atomics.load(this.#startedNs, 0);
    return startedNs === 0n ? 0 : Number((process.hrtime.bigint() - startedNs) / 1_000_000n);
  }
}
