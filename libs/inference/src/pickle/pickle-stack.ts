import { MalformedCheckpoint } from '../checkpoint/checkpoint-error.js';

/**
 * The stack of the pickle machine. A mark remembers a height, below which nothing can be popped.
 */
export class PickleStack {
  readonly #values: unknown[] = [];
  readonly #marks: number[] = [];

  get height(): number {
    return this.#values.length;
  }

  push(value: unknown): void {
    this.#values.push(value);
  }

  pop(): unknown {
    if (this.#values.length <= (this.#marks.at(-1) ?? 0)) {
      throw new MalformedCheckpoint('the pickle takes more from its stack than it put there');
    }
    return this.#values.pop();
  }

  top(): unknown {
    const value = this.pop();
    this.push(value);
    return value;
  }

  mark(): void {
    this.#marks.push(this.#values.length);
  }

  /** Removes the last mark and the values above it, and returns the values. */
  popToMark(): unknown[] {
    const height = this.#marks.pop();
    if (height === undefined) throw new MalformedCheckpoint('the pickle lacks a mark');
    return this.#values.splice(height);
  }

  popCount(count: number): unknown[] {
    const values: unknown[] = [];
    for (let index = 0; index < count; index++) values.unshift(this.pop());
    return values;
  }
}
