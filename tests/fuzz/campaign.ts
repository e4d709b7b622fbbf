import { setImmediate } from 'node:timers/promises';
import type { FuzzTarget } from './fuzz-target.js';
import { mutate } from './mutate.js';
import { Random } from '../support/random.js';
import { MAX_INPUT_BYTES, SharedState } from './shared-state.js';

declare global {
  /** How often each branch was taken; see instrument.js. */
  var __places: Uint8Array;
}

export interface CampaignOptions {
  readonly seed: number;
  readonly durationMs: number;
  readonly corpus: readonly Uint8Array[];
  readonly memory: SharedArrayBuffer;
}

export interface CampaignResult {
  readonly tried: number;
  /** How many branches were taken by any input. */
  readonly places: number;
  /** Few small inputs that take them all. */
  readonly corpus: readonly Uint8Array[];
  readonly findings: readonly Finding[];
  readonly slowestMs: number;
}

export interface Finding {
  readonly input: Uint8Array;
  readonly problem: string;
}

interface Kept {
  readonly input: Buffer;
  readonly places: readonly number[];
}

const MOST_FINDINGS = 20;
const INPUTS_A_TURN = 50;

/** Tries inputs, and goes on from those that take branches as none before, or more often. */
export class Campaign {
  readonly #target: FuzzTarget;
  readonly #options: CampaignOptions;
  readonly #random: Random;
  readonly #state: SharedState;
  readonly #kept: Kept[] = [];
  /** For each branch, in which ranges of counts it was taken so far: a bit each. */
  readonly #seen = new Uint8Array(__places.length);
  /** Four branches at a time, to pass over those that were not taken. */
  readonly #fours = new Uint32Array(__places.buffer);
  readonly #findings = new Map<string, Finding>();
  #slowestMs = 0;

  constructor(target: FuzzTarget, options: CampaignOptions) {
    this.#target = target;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#state = new SharedState(options.memory);
  }

  async run(): Promise<CampaignResult> {
    const endMs = performance.now() + this.#options.durationMs;
    const given = this.#options.corpus.map((bytes) => Buffer.from(bytes));
    for (const input of [...this.#target.seeds(), ...given]) await this.#try(input);
    while (performance.now() < endMs && this.#findings.size < MOST_FINDINGS) {
      await this.#try(this.#next());
      // Node frees what zlib took only between turns of the event loop.
      if (this.#state.tried % INPUTS_A_TURN === 0) await setImmediate();
    }
    return {
      tried: this.#state.tried,
      places: this.#seen.reduce((count, ranges) => count + (ranges === 0 ? 0 : 1), 0),
      corpus: this.#smallest(),
      findings: [...this.#findings.values()],
      slowestMs: this.#slowestMs,
    };
  }

  #next(): Buffer {
    const { mend, tokens = [] } = this.#target;
    const base = this.#pick();
    const mutated = mutate(base, this.#random, this.#pick(), tokens);
    const input = mend && this.#random.below(3) > 0 ? mend(mutated) : mutated;
    return input.subarray(0, MAX_INPUT_BYTES);
  }

  /** Mostly one of those that were found last. */
  #pick(): Buffer {
    const count = this.#kept.length;
    const recent = Math.min(count, 20);
    const isRecent = this.#random.below(2) === 0;
    const at = isRecent ? count - 1 - this.#random.below(recent) : this.#random.below(count);
    return this.#kept[at]?.input ?? Buffer.alloc(0);
  }

  async #try(input: Buffer): Promise<void> {
    __places.fill(0);
    this.#state.begin(input);
    const startedMs = performance.now();
    try {
      const running = this.#target.run(input);
      if (running !== undefined) await running;
    } catch (error) {
      this.#note(input, error);
    }
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - startedMs);
    this.#keepIfNew(input);
  }

  #keepIfNew(input: Buffer): void {
    const places: number[] = [];
    let isNew = false;
    for (let four = 0; four < this.#fours.length; four++) {
      if (this.#fours[four] === 0) continue;
      for (let place = four * 4; place < four * 4 + 4; place++) {
        const count = __places[place] ?? 0;
        if (count === 0) continue;
        places.push(place);
        const range = toRange(count);
        const before = this.#seen[place] ?? 0;
        if ((before & range) === 0) isNew = true;
        this.#seen[place] = before | range;
      }
    }
    if (isNew) this.#kept.push({ input: Buffer.from(input), places });
  }

  /** One finding for each place in the code. */
  #note(input: Buffer, error: unknown): void {
    const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const [message = '', place = ''] = problem.split('\n');
    const key = `${message.replace(/[\d"'].*/, '')} ${place}`;
    if (!this.#findings.has(key)) this.#findings.set(key, { input: Buffer.from(input), problem });
  }

  /** From small to large, the inputs that take a branch that no smaller one takes. */
  #smallest(): Buffer[] {
    const taken = new Set<number>();
    const bySize = [...this.#kept].sort((a, b) => a.input.length - b.input.length);
    return bySize
      .filter(({ places }) => {
        const isNeeded = places.some((place) => !taken.has(place));
        for (const place of places) taken.add(place);
        return isNeeded;
      })
      .map(({ input }) => input);
  }
}

/** Once, twice, three times, and then by powers of two, as AFL counts. */
function toRange(count: number): number {
  return count < 4 ? 1 << (count - 1) : 1 << Math.min(7, Math.floor(Math.log2(count)) + 1);
}
