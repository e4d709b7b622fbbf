/** Larger images get memory of their own, which is given back. */
const MOST_KEPT_BYTES = 64 * 1024 * 1024;

/** Memory that one image after the other is decoded into: to get it anew for each costs a tenth of the decoding. */
export class PixelMemory {
  #kept = new Uint8Array(0);

  /** So many bytes, with whatever they held before. Those that were taken earlier are lost. */
  take(length: number): Uint8Array {
    if (length > MOST_KEPT_BYTES) return new Uint8Array(length);
    if (this.#kept.length < length) this.#kept = new Uint8Array(length);
    return this.#kept.subarray(0, length);
  }
}
