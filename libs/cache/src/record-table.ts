const FIRST_CAPACITY = 1024;
/** Number of slots for each record, so that chains of taken slots stay short. */
const SLOTS_PER_RECORD = 2;

/**
 * A map from digests to records of 32-bit words, all of it in three typed arrays: 200,000 records
 * as objects and strings take five times the memory. Keys are spread evenly already, being digests,
 * so their first word chooses the slot (open addressing, linear probing).
 */
export class RecordTable {
  readonly #keyWords: number;
  readonly #recordWords: number;
  #slots = new Uint32Array(FIRST_CAPACITY * SLOTS_PER_RECORD);
  #words: Uint32Array;
  #size = 0;

  /** @param keyWords length of a key, @param valueWords length of a value, both in 32-bit words */
  constructor(keyWords: number, valueWords: number) {
    this.#keyWords = keyWords;
    this.#recordWords = keyWords + valueWords;
    this.#words = new Uint32Array(FIRST_CAPACITY * this.#recordWords);
  }

  get size(): number {
    return this.#size;
  }

  /** All records, each its key and its value, as a view that is valid until the next `set`. */
  get records(): Uint32Array {
    return this.#words.subarray(0, this.#size * this.#recordWords);
  }

  /** The value under a key, as a view that is valid until the next `set`; undefined if there is none. */
  get(key: Uint32Array): Uint32Array | undefined {
    const row = this.#findRow(key);
    return row === undefined ? undefined : this.#valueAt(row);
  }

  /** Puts a value under a key, in place of another. */
  set(key: Uint32Array, value: Uint32Array): void {
    let row = this.#findRow(key);
    if (row === undefined) {
      if ((this.#size + 1) * SLOTS_PER_RECORD > this.#slots.length) this.#grow();
      row = this.#size++;
      this.#words.set(key, row * this.#recordWords);
      this.#takeSlot(row);
    }
    this.#valueAt(row).set(value);
  }

  #valueAt(row: number): Uint32Array {
    const start = row * this.#recordWords;
    return this.#words.subarray(start + this.#keyWords, start + this.#recordWords);
  }

  #findRow(key: Uint32Array): number | undefined {
    for (let slot = this.#toFirstSlot(key[0] ?? 0); ; slot = this.#slotAfter(slot)) {
      const taken = this.#slots[slot] ?? 0;
      if (taken === 0) return undefined;
      if (this.#hasKey(taken - 1, key)) return taken - 1;
    }
  }

  #hasKey(row: number, key: Uint32Array): boolean {
    const start = row * this.#recordWords;
    for (let word = 0; word < this.#keyWords; word++) {
      if (this.#words[start + word] !== key[word]) return false;
    }
    return true;
  }

  #takeSlot(row: number): void {
    let slot = this.#toFirstSlot(this.#words[row * this.#recordWords] ?? 0);
    while (this.#slots[slot] !== 0) slot = this.#slotAfter(slot);
    // A slot holds its row's number plus one: zero is free.
    this.#slots[slot] = row + 1;
  }

  #toFirstSlot(word: number): number {
    return word % this.#slots.length;
  }

  #slotAfter(slot: number): number {
    return (slot + 1) % this.#slots.length;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const words = new Uint32Array(this.#words.length * 2);
    words.set(this.#words);
    this.#words = words;
    for (let row = 0; row < this.#size; row++) this.#takeSlot(row);
  }
}
