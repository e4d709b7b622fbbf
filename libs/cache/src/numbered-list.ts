/** Numbers the few different values that many records share, from 0. */
export class NumberedList<T> {
  readonly #values: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #toKey: (value: T) => string;

  /** @param toKey equal for equal values only */
  constructor(toKey: (value: T) => string) {
    this.#toKey = toKey;
  }

  get values(): readonly T[] {
    return this.#values;
  }

  at(number: number): T | undefined {
    return this.#values[number];
  }

  toNumber(value: T): number {
    const key = this.#toKey(value);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#values.length);
    return this.#values.push(value) - 1;
  }
}
