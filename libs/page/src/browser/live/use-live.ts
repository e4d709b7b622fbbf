import type { LiveState, WebOverview } from '@cullstream/contracts/web';
import { useEffect, useState } from 'preact/hooks';
import { followLive } from '../api/live-feed.js';
import { overviewPath } from '../api/paths.js';
import { fetchJson } from '../api/request.js';

export interface Live {
  /** The last state that was received; null before the first one. */
  readonly state: LiveState | null;
  /** When the connection was lost; null while connected. */
  readonly lostAt: Date | null;
  readonly overview: WebOverview | null;
}

/**
 * After a change the list is loaded once more: the server may have answered with what it had read shortly before, and
 * the last rows may have been written since.
 */
const SETTLED_MS = 10_000;

/** A text that changes when the list of projects, versions and reports may have changed. */
const toOutline = (state: LiveState | null): string =>
  JSON.stringify(
    state?.runs.map(({ status }) => [
      status.run,
      status.state,
      status.projects.map((project) => project.state),
    ]),
  );

export function useLive(): Live {
  const [state, setState] = useState<LiveState | null>(null);
  const [lostAt, setLostAt] = useState<Date | null>(null);
  const [overview, setOverview] = useState<WebOverview | null>(null);
  useEffect(
    () =>
      followLive({
        onState: (next) => {
          setState(next);
          setLostAt(null);
        },
        onLost: () => setLostAt((since) => since ?? new Date()),
      }),
    [],
  );
  const outline = toOutline(state);
  const isLost = lostAt !== null;
  useEffect(() => {
    if (isLost) return undefined;
    const abort = new AbortController();
    const load = (): void => {
      fetchJson<WebOverview>(overviewPath, { signal: abort.signal })
        .then(setOverview)
        // A lost connection is reported by the live feed.
        .catch(() => undefined);
    };
    load();
    const again = setTimeout(load, SETTLED_MS);
    return () => {
      clearTimeout(again);
      abort.abort();
    };
  }, [outline, isLost]);
  return { state, lostAt, overview };
}
