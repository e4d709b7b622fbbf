import { MalformedCheckpoint } from '../checkpoint/checkpoint-error.js';

/** The pickle machine's stack. A mark remembers a height; nothing below it is taken by accident. */
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

  /** The values above the last mark, which goes away with them. */
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
