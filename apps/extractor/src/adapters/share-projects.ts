import { randomUUID } from 'node:crypto';
import type { RunId } from '@cullstream/contracts';
import type { BusLog, ClaimState, ProjectClaims } from '@cullstream/bus';

/** A claim that was not renewed for this long is taken over. */
const LEASE_MS = 10_000;
const RENEW_EVERY_MS = 2_500;

/** What an extractor has of a project that it works on. */
export interface Claim {
  /** Whether another extractor has taken the project over, as far as is known. */
  readonly isLost: boolean;
  /**
   * Says that all of the project is published or given up.
   * @returns false if another extractor has taken it over
   */
  finish(): Promise<boolean>;
  /** Leaves the project to whoever takes it next. */
  release(): Promise<void>;
}

/** Decides which extractor works on which project of a run. */
export interface Sharing {
  /** @returns a claim; `held` if another extractor works on the project; `done` if all is published */
  take(project: string): Promise<Claim | 'held' | 'done'>;
}

/** For an extractor that nobody shares the projects of a run with. */
export const unshared: Sharing = {
  take: () =>
    Promise.resolve({
      isLost: false,
      finish: () => Promise.resolve(true),
      release: () => Promise.resolve(),
    }),
};

/**
 * Shares the projects of a run with other extractors. Claims need no common clock: one is taken over when
 * it has stayed unchanged for the length of a lease by the clock of whoever looks at it. So two extractors
 * may work on a project for a moment; the stream takes the messages of one of them.
 */
export function shareProjects(
  claims: ProjectClaims,
  run: RunId,
  log: Pick<BusLog, 'debug' | 'info'>,
): Sharing {
  const seen = new Map<string, { readonly revision: number; readonly sinceMs: number }>();

  function isAbandoned(project: string, revision: number): boolean {
    const before = seen.get(project);
    if (before?.revision === revision) return performance.now() - before.sinceMs >= LEASE_MS;
    seen.set(project, { revision, sinceMs: performance.now() });
    return false;
  }

  return {
    async take(project) {
      const place = { run, project };
      const found = await claims.read(place);
      if (found?.state === 'done') return 'done';
      if (found?.state === 'held') {
        if (!isAbandoned(project, found.revision)) return 'held';
        log.info({ run, project }, 'the project is taken over: its extractor does not answer');
      }
      const by = randomUUID();
      const revision = await claims.replace(place, { state: 'held', by }, found?.revision ?? 0);
      if (revision === undefined) return 'held';
      return hold(place, by, revision);
    },
  };

  function hold(place: { run: RunId; project: string }, by: string, first: number): Claim {
    let revision: number | undefined = first;
    let turn = Promise.resolve(true);
    let isFinished = false;

    async function write(state: ClaimState): Promise<boolean> {
      while (revision !== undefined) {
        const written = await claims.replace(place, { state, by }, revision);
        if (written !== undefined) {
          revision = written;
          return true;
        }
        // The answer to an earlier change may have been lost.
        const found = await claims.read(place);
        revision = found?.by === by ? found.revision : undefined;
        if (revision !== undefined && found?.state === state) return true;
      }
      return false;
    }

    /** One change after another. */
    function change(state: ClaimState): Promise<boolean> {
      turn = turn.catch(() => false).then(() => write(state));
      return turn;
    }

    const renewing = setInterval(() => {
      change('held').then(
        (isHeld) => {
          if (!isHeld) clearInterval(renewing);
        },
        (error: unknown) => log.debug({ ...place, err: error }, 'the claim is not renewed'),
      );
    }, RENEW_EVERY_MS).unref();

    return {
      get isLost() {
        return revision === undefined;
      },
      async finish() {
        clearInterval(renewing);
        isFinished = await change('done');
        return isFinished;
      },
      async release() {
        clearInterval(renewing);
        if (isFinished) return;
        await change('free').catch((error: unknown) =>
          log.debug({ ...place, err: error }, 'the claim is not given back: it runs out'),
        );
      },
    };
  }
}
