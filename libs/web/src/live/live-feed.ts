import type { RunId, RunStatus } from '@cullstream/contracts';
import type { LiveRun, LiveState, RecentDecision, RecentFailure } from '@cullstream/contracts/web';

/** The state of every run that was heard of, for whoever looks. */
export interface LiveFeed {
  current(): LiveState;
  /** Calls `listener` with the whole state whenever it changes. @returns what ends it */
  subscribe(listener: (state: LiveState) => void): () => void;
}

/** What a run did last in its projects. */
export interface RecentWork {
  readonly failures: readonly RecentFailure[];
  readonly decisions: readonly RecentDecision[];
}

export interface LiveFeedOptions {
  /** Reads it from the databases; is asked while somebody looks. */
  readonly readRecent: (status: RunStatus) => RecentWork;
}

/** A run that ended is shown for so long. */
const SHOWN_AFTER_END_MS = 60_000;
/** A run that nobody reports on any more is not shown as if it went on. */
const SILENT_AFTER_MS = 15_000;
/** Of the time, at most so much goes into reading databases. */
const SHARE_READING = 0.05;

interface HeardRun {
  readonly run: LiveRun;
  readonly heardMs: number;
}

const nothingRecent: RecentWork = { failures: [], decisions: [] };

/** Gathers the states that reporters broadcast. What it shows is always the last that it heard, whole. */
export class LiveStates implements LiveFeed {
  readonly #readRecent: LiveFeedOptions['readRecent'];
  readonly #runs = new Map<RunId, HeardRun>();
  readonly #listeners = new Set<(state: LiveState) => void>();
  #mayReadMs = 0;

  constructor({ readRecent }: LiveFeedOptions) {
    this.#readRecent = readRecent;
  }

  take(status: RunStatus): void {
    const before = this.#runs.get(status.run)?.run;
    const { backlogs = null, embedders = null, history = [], first = [], ...rest } = status;
    const recent = this.#findRecent(status) ?? before ?? nothingRecent;
    const run: LiveRun = {
      status: rest,
      backlogs,
      embedders,
      history: [...history],
      first: [...first],
      failures: [...recent.failures],
      decisions: [...recent.decisions],
    };
    this.#runs.set(status.run, { run, heardMs: performance.now() });
    const state = this.current();
    for (const listener of this.#listeners) listener(state);
  }

  current(): LiveState {
    const nowMs = performance.now();
    for (const [id, { run, heardMs }] of this.#runs) {
      const isOver = run.status.state === 'completed' || run.status.state === 'cancelled';
      const shownMs = isOver ? SHOWN_AFTER_END_MS : SILENT_AFTER_MS;
      if (nowMs - heardMs > shownMs) this.#runs.delete(id);
    }
    const runs = [...this.#runs.values()].map(({ run }) => run);
    runs.sort((a, b) => a.status.run.localeCompare(b.status.run));
    return { at: new Date().toISOString(), runs };
  }

  subscribe(listener: (state: LiveState) => void): () => void {
    this.#listeners.add(listener);
    // Whoever comes sees at once what happened while nobody looked.
    if (this.#listeners.size === 1) this.#mayReadMs = 0;
    return () => this.#listeners.delete(listener);
  }

  #findRecent(status: RunStatus): RecentWork | undefined {
    const startedMs = performance.now();
    if (this.#listeners.size === 0 || startedMs < this.#mayReadMs) return undefined;
    const recent = this.#readRecent(status);
    const tookMs = performance.now() - startedMs;
    this.#mayReadMs = startedMs + tookMs / SHARE_READING;
    return recent;
  }
}
