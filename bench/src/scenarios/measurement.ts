import type { Spread } from '../measure/statistics.js';

/** One line of the table. */
export interface Measurement {
  readonly name: string;
  readonly unit:
    | 'images/s'
    | 'ratio'
    | 'MB'
    | 'kB'
    | 's'
    | 'ms'
    | 'GMAC/s'
    | 'cosine'
    | 'number'
    | 'share';
  readonly spread: Spread;
  /** The speed of its inference as a share of the machine's speed. */
  readonly limitShare?: number;
  /** A lower value means that something is broken: the program ends with 1. */
  readonly guard?: number;
  /** The target. */
  readonly target?: { readonly least: number } | { readonly most: number };
}

export interface Bench {
  /** Folder for files that are made once. */
  readonly corpus: string;
  /** Emptied before each use. */
  readonly scratch: string;
  readonly rounds: number;
  /** Number of pictures of a run without cached embeddings. */
  readonly pictures: number;
  /** Number of cached images of a run and of a replay. */
  readonly cached: number;
  /** Number of projects of one picture each. */
  readonly projects: number;
  note(text: string): void;
}

export type Scenario = (bench: Bench) => Promise<Measurement[]>;
