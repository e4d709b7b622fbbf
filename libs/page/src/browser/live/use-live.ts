import type { LiveState, WebOverview } from '@cullstream/contracts/web';
import { useEffect, useState } from 'preact/hooks';
import { followLive } from '../api/live-feed.js';
import { overviewPath } from '../api/paths.js';
import { fetchJson } from '../api/request.js';

export interface Live {
  /** The last that was heard; null before anything was. */
  readonly state: LiveState | null;
  /** Since when nothing is heard; null while connected. */
  readonly lostAt: Date | null;
  readonly overview: WebOverview | null;
}

/** What changes the list of projects, versions and reports. */
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
    fetchJson<WebOverview>(overviewPath, { signal: abort.signal })
      .then(setOverview)
      // The feed tells that the connection is lost.
      .catch(() => undefined);
    return () => abort.abort();
  }, [outline, isLost]);
  return { state, lostAt, overview };
}
