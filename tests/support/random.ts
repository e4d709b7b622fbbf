/** A generator of numbers that the same seed always repeats (sfc32). */
export class Random {
  #a: number;
  #b: number;
  #c = 0x9e37_79b9;
  #counter = 1;

  constructor(seed: number) {
    this.#a = seed | 0;
    this.#b = (seed / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) this.next();
  }

  /** From 0 to 2³² − 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.next() / 2 ** 32;
  }

  between(least: number, most: number): number {
    return least + this.fraction() * (most - least);
  }

  /** A whole number, at least 0, below `end`. */
  below(end: number): number {
    return end <= 1 ? 0 : this.next() % end;
  }

  integer(least: number, most: number): number {
    return least + (this.next() % (most - least + 1));
  }

  pick<T>(values: readonly T[]): T {
    const value = values[this.next() % values.length];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  fill(bytes: Uint8Array): void {
    for (let index = 0; index < bytes.length; index++) bytes[index] = this.next() & 0xff;
  }
}
