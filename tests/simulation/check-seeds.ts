import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFaults, toSize, type Fault } from './faults/fault.js';
import { shrink } from './faults/shrink.js';
import { isDeployed, type Ingredients } from './ingredients.js';
import { findDifferences, type Outcome } from './oracle.js';
import { runSeed, type SeedResult } from './run-seed.js';
import type { Place } from './world/surroundings.js';
import { makeExamples, type Example, type Size } from './world/example.js';

/** Files in memory, where there is such a folder. */
const MEMORY = '/dev/shm';
/** One seed of each size. */
const [SMALL_SEED, LARGE_SEED] = [1, 0];
const MOST_TRIES = 10;

export interface CheckedSeed {
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** What is wrong; empty where nothing is. */
  readonly problems: readonly string[];
  readonly story: readonly string[];
  readonly virtualMs: number;
  readonly steps: number;
}

/** Runs seeds and compares what each leaves with what a run without faults leaves. */
export class SeedChecker {
  readonly #folder: string;
  readonly #examples: Readonly<Record<Size, Example>>;
  readonly #expected = new Map<Size, Outcome>();

  readonly #isTold: boolean;
  readonly #ingredients: Ingredients;

  private constructor(
    folder: string,
    examples: Readonly<Record<Size, Example>>,
    { isTold, ingredients }: Pick<Place, 'isTold' | 'ingredients'>,
  ) {
    this.#folder = folder;
    this.#examples = examples;
    this.#isTold = isTold;
    this.#ingredients = ingredients;
  }

  /** @param isTold whether stories hold all that services log */
  static async open(place: Pick<Place, 'isTold' | 'ingredients'>): Promise<SeedChecker> {
    const parent = existsSync(MEMORY) ? MEMORY : tmpdir();
    const folder = mkdtempSync(join(parent, 'cullstream-simulation-'));
    const checker = new SeedChecker(
      folder,
      await makeExamples(folder, isDeployed(place.ingredients)),
      place,
    );
    for (const seed of [SMALL_SEED, LARGE_SEED]) await checker.#expect(seed);
    return checker;
  }

  /**
   * Keeps what a run without faults leaves. The first time loads modules, which takes real time, more of
   * it the busier the machine is: so it counts once it does twice the same.
   */
  async #expect(seed: number): Promise<void> {
    let last = await this.#run(seed, [], true);
    let result = await this.#run(seed, []);
    for (let tries = 1; result.steps !== last.steps && tries < MOST_TRIES; tries++) {
      await this.#run(seed, [], true);
      last = result;
      result = await this.#run(seed, []);
    }
    const { outcome, failure, story } = result;
    if (outcome === undefined || outcome.gaps.length > 0) {
      const told = [String(failure), ...(outcome?.gaps ?? []), ...story].join('\n');
      throw new Error(`a run without faults has no good end: ${told}`);
    }
    this.#expected.set(toSize(seed), outcome);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async check(
    seed: number,
    faults: readonly Fault[] = makeFaults(seed, this.#ingredients),
  ): Promise<CheckedSeed> {
    const result = await this.#run(seed, faults);
    const { story, ms: virtualMs, steps } = result;
    return { seed, faults, problems: this.#judge(seed, result), story, virtualMs, steps };
  }

  /** The fewest of the faults of a failing seed with which it still fails. */
  async shrink(failed: CheckedSeed): Promise<CheckedSeed> {
    const { seed } = failed;
    const fails = async (faults: readonly Fault[]) =>
      (await this.check(seed, faults)).problems.length > 0;
    return this.check(seed, await shrink(failed.faults, fails));
  }

  #run(seed: number, faults: readonly Fault[], isPatient = false): Promise<SeedResult> {
    const data = join(this.#folder, 'data');
    const [isTold, ingredients] = [this.#isTold, this.#ingredients];
    const place = { example: this.#examples[toSize(seed)], data, isTold, ingredients };
    return runSeed(seed, faults, { ...place, isPatient });
  }

  #judge(seed: number, { outcome, failure, isLastRun }: SeedResult): string[] {
    if (outcome === undefined) {
      return [failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)];
    }
    const expected = this.#expected.get(toSize(seed));
    if (expected === undefined) throw new Error('nothing to compare with');
    return findDifferences(outcome, expected, isLastRun);
  }
}
