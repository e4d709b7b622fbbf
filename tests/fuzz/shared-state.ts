const HEAD_BYTES = 16;
export const MAX_INPUT_BYTES = 1 << 16;

/** What a thread that tries inputs says about itself, also while it hangs. */
export class SharedState {
  readonly memory: SharedArrayBuffer;
  readonly #counts: Int32Array;
  readonly #input: Uint8Array;

  constructor(memory = new SharedArrayBuffer(HEAD_BYTES + MAX_INPUT_BYTES)) {
    this.memory = memory;
    this.#counts = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.#input = new Uint8Array(memory, HEAD_BYTES);
  }

  begin(input: Uint8Array): void {
    this.#input.set(input);
    Atomics.store(this.#counts, 1, input.length);
    Atomics.add(this.#counts, 0, 1);
  }

  /** How many inputs were begun. */
  get tried(): number {
    return Atomics.load(this.#counts, 0);
  }

  /** The input that was begun last. */
  get input(): Buffer {
    return Buffer.from(this.#input.slice(0, Atomics.load(this.#counts, 1)));
  }
}
