/**
 * Bounds the bytes that are held at the same time. What alone is more than the whole budget is let
 * in when nothing else is held; everybody waits in order.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #waiting: { readonly sizeBytes: number; readonly enter: () => void }[] = [];
  #heldBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  async whileHolding<T>(sizeBytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting.length > 0 || !this.#fits(sizeBytes)) {
      await new Promise<void>((enter) => this.#waiting.push({ sizeBytes, enter }));
    } else {
      this.#heldBytes += sizeBytes;
    }
    try {
      return await work();
    } finally {
      this.#heldBytes -= sizeBytes;
      this.#letIn();
    }
  }

  #fits(sizeBytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + sizeBytes <= this.#maxBytes;
  }

  #letIn(): void {
    for (let [next] = this.#waiting; next && this.#fits(next.sizeBytes); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#heldBytes += next.sizeBytes;
      next.enter();
    }
  }
}
