import type { Spread } from '../measure/statistics.js';

/** One line of the table. */
export interface Measurement {
  readonly name: string;
  readonly unit:
    'images/s' | 'ratio' | 'MB' | 'kB' | 's' | 'ms' | 'GMAC/s' | 'cosine' | 'number' | 'share';
  readonly spread: Spread;
  /** Share that its inference has of what the machine can do. */
  readonly limitShare?: number;
  /** Below it something is broken: the program ends with 1. */
  readonly guard?: number;
  /** What it is to reach, as the study set it. */
  readonly target?: { readonly least: number } | { readonly most: number };
}

export interface Bench {
  /** Where what is made once is kept. */
  readonly corpus: string;
  /** Emptied before each use. */
  readonly scratch: string;
  readonly rounds: number;
  /** Pictures of a cold run. */
  readonly pictures: number;
  /** Cached images of a warm run and of a replay. */
  readonly cached: number;
  /** Projects of one picture each. */
  readonly projects: number;
  note(text: string): void;
}

export type Scenario = (bench: Bench) => Promise<Measurement[]>;
