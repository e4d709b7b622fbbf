import type { LiveState } from '@cullstream/contracts/web';
import { useEffect } from 'preact/hooks';
import { Link } from './address/link.js';
import { useView } from './address/use-view.js';
import { toGallery } from './address/view.js';
import { formatClock } from './format/times.js';
import { Gallery } from './gallery/gallery.js';
import { LivePage } from './live/live-page.js';
import { useLive } from './live/use-live.js';
import { countDecided, isUnderWay } from './live/run-totals.js';

/** If the run has ended, its page is no longer served, which is not an error. */
function describeLoss(lostAt: Date, state: LiveState | null): string {
  const hasEnded = state?.runs.some(({ status }) => isUnderWay(status)) === false;
  const when = formatClock(lostAt);
  return hasEnded
    ? `This page ended at ${when}, as nothing runs any more: "cullstream view" serves it again.`
    : `Connection lost at ${when}: what is shown is of then. Trying again.`;
}

export function App() {
  const [view, go] = useView();
  const live = useLive();
  const project = view.kind === 'gallery' ? view.project : null;
  useEffect(() => {
    document.title = project === null ? 'Cullstream' : `${project} · Cullstream`;
  }, [project]);
  const projects = live.overview?.projects ?? [];
  return (
    <>
      <header class="top">
        <Link to={{ kind: 'live' }} go={go} class="brand">
          <img src="/icon.svg" alt="" width={24} height={24} /> Cullstream
        </Link>
        <nav aria-label="Pages">
          <Link to={{ kind: 'live' }} go={go} isCurrent={view.kind === 'live'}>
            Live
          </Link>
          <label>
            <span class="hidden">Gallery of a project</span>
            <select
              value={project ?? ''}
              onChange={({ currentTarget }) => go(toGallery(currentTarget.value))}
            >
              {project === null && <option value="">Gallery of…</option>}
              {project !== null && !projects.some((each) => each.project === project) && (
                <option value={project}>{project}</option>
              )}
              {projects.map((each) => (
                <option key={each.project} value={each.project}>
                  {each.project}
                </option>
              ))}
            </select>
          </label>
        </nav>
        {live.overview !== null && (
          <p class="folder">
            <bdi>{live.overview.folder}</bdi>
          </p>
        )}
      </header>
      <p class="lost" role="status" hidden={live.lostAt === null}>
        {live.lostAt !== null && describeLoss(live.lostAt, live.state)}
      </p>
      {view.kind === 'live' && <LivePage live={live} go={go} />}
      {view.kind === 'gallery' && (
        <Gallery
          key={view.project}
          {...{ view, go }}
          overview={live.overview}
          progress={countDecided(live.state, view.project)}
        />
      )}
      {view.kind === 'unknown' && (
        <main>
          <h1>There is no such page</h1>
          <p>
            <Link to={{ kind: 'live' }} go={go}>
              To the live page
            </Link>
          </p>
        </main>
      )}
    </>
  );
}
