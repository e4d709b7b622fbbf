import type { EmbeddingOrigin } from '@cullstream/contracts';

/** The run that wrote a line of the index, and how it got the vector. */
export interface LineSource {
  readonly run: string;
  readonly origin: EmbeddingOrigin;
}

/** Numbers the few different sources of many lines. */
export class SourceList {
  readonly #sources: LineSource[] = [];
  readonly #numbers = new Map<string, number>();

  at(number: number): LineSource | undefined {
    return this.#sources[number];
  }

  toNumber({ run, origin }: LineSource): number {
    const key = `${origin} ${run}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    this.#numbers.set(key, this.#sources.length);
    return this.#sources.push({ run, origin }) - 1;
  }
}
