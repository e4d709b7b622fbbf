/** For a whole batch on a slow and busy machine, many times over. */
export const INFERENCE_LIMIT_MS = 300_000;

/**
 * How long an inference has been under way. It holds its thread, and one that never ends holds it for
 * ever: only another thread can look, by the memory of the clock.
 */
export class InferenceClock {
  readonly memory: SharedArrayBuffer;
  readonly #startedNs: BigInt64Array;

  /** @param memory that of a clock in another thread; without it a new one */
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

  /** Zero where none is under way. */
  get runningMs(): number {
    const startedNs = Atomics.load(this.#startedNs, 0);
    return startedNs === 0n ? 0 : Number((process.hrtime.bigint() - startedNs) / 1_000_000n);
  }
}
