import { isUnfinished, type RunId, type RunStatus } from '@cullstream/contracts';
import type { LiveRun, LiveState, RecentDecision, RecentFailure } from '@cullstream/contracts/web';

/** The current state of every run whose status was received. */
export interface LiveFeed {
  current(): LiveState;
  /**
   * Calls `listener` with the complete state after every change.
   * @returns a function that ends this
   */
  subscribe(listener: (state: LiveState) => void): () => void;
}

/** The latest failures and decisions of a run. */
export interface RecentWork {
  readonly failures: readonly RecentFailure[];
  readonly decisions: readonly RecentDecision[];
}

export interface LiveFeedOptions {
  /** Reads them from the databases. It is called only while a page is open. */
  readonly readRecent: (status: RunStatus) => RecentWork;
}

/** How long a run is shown after it ended. */
const SHOWN_AFTER_END_MS = 60_000;
/** How long a run is shown after its last status. Later it would wrongly look active. */
const SILENT_AFTER_MS = 15_000;
/** Highest share of the time that is spent on reading databases, and the longest pause between. */
const SHARE_READING = 0.05;
const MOST_WAITED_MS = 5_000;

interface HeardRun {
  readonly run: LiveRun;
  readonly heardMs: number;
}

const nothingRecent: RecentWork = { failures: [], decisions: [] };

/**
 * Collects the statuses that reporters broadcast. It always shows the last complete status of each
 * run.
 */
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
    // The first page that opens gets the latest decisions and failures without a delay.
    if (this.#listeners.size === 1) this.#mayReadMs = 0;
    return () => this.#listeners.delete(listener);
  }

  #findRecent(status: RunStatus): RecentWork | undefined {
    const startedMs = performance.now();
    if (this.#listeners.size === 0) return undefined;
    // The last state of a run is shown with all that it decided: no other follows.
    if (isUnfinished(status) && startedMs < this.#mayReadMs) return undefined;
    const recent = this.#readRecent(status);
    const tookMs = performance.now() - startedMs;
    this.#mayReadMs = startedMs + Math.min(tookMs / SHARE_READING, MOST_WAITED_MS);
    return recent;
  }
}
