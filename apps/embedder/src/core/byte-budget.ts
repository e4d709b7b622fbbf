interface Waiting {
  readonly sizeBytes: number;
  readonly enter: () => void;
}

/**
 * Limits the bytes that are held at the same time. Work waits in order. Work that needs more than the
 * whole budget starts when nothing else is held. Work that already holds bytes may ask for more: it
 * comes before all others, and at least one always continues, so that there is no deadlock.
 */
export class ByteBudget {
  readonly #maxBytes: number;
  readonly #waiting: Waiting[] = [];
  readonly #waitingForMore: Waiting[] = [];
  #heldBytes = 0;
  #holdingMore = 0;

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

  /** To be called within `whileHolding`: holds more bytes in addition. */
  async whileHoldingMore<T>(sizeBytes: number, work: () => Promise<T>): Promise<T> {
    if (this.#waitingForMore.length > 0 || !this.#fitsMore(sizeBytes)) {
      await new Promise<void>((enter) => this.#waitingForMore.push({ sizeBytes, enter }));
    } else {
      this.#holdMore(sizeBytes);
    }
    try {
      return await work();
    } finally {
      this.#heldBytes -= sizeBytes;
      this.#holdingMore -= 1;
      this.#letIn();
    }
  }

  #fits(sizeBytes: number): boolean {
    return this.#heldBytes === 0 || this.#heldBytes + sizeBytes <= this.#maxBytes;
  }

  #fitsMore(sizeBytes: number): boolean {
    return this.#holdingMore === 0 || this.#heldBytes + sizeBytes <= this.#maxBytes;
  }

  #holdMore(sizeBytes: number): void {
    this.#heldBytes += sizeBytes;
    this.#holdingMore += 1;
  }

  #letIn(): void {
    for (;;) {
      const [next] = this.#waitingForMore;
      if (next === undefined || !this.#fitsMore(next.sizeBytes)) break;
      this.#waitingForMore.shift();
      this.#holdMore(next.sizeBytes);
      next.enter();
    }
    if (this.#waitingForMore.length > 0) return;
    for (let [next] = this.#waiting; next && this.#fits(next.sizeBytes); [next] = this.#waiting) {
      this.#waiting.shift();
      this.#heldBytes += next.sizeBytes;
      next.enter();
    }
  }
}
