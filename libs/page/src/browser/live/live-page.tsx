import type { Go } from '../address/use-view.js';
import { DataFolder } from './data-folder.js';
import { RunSection } from './run-section.js';
import { isUnderWay } from './run-totals.js';
import type { Live } from './use-live.js';

interface LivePageProps {
  readonly live: Live;
  readonly go: Go;
}

export function LivePage({ live, go }: LivePageProps) {
  const { state, lostAt, overview } = live;
  const runs = state?.runs ?? [];
  const isAnyUnderWay = runs.some(({ status }) => isUnderWay(status));
  return (
    <main class={lostAt === null ? 'live' : 'live stale'}>
      <h1 class={isAnyUnderWay ? 'hidden' : ''}>
        {isAnyUnderWay ? 'Live' : state === null ? 'Connecting' : 'Nothing is running'}
      </h1>
      {runs.map((run) => (
        <RunSection key={run.status.run} {...{ run, overview, go }} />
      ))}
      {overview !== null && <DataFolder {...{ overview, go }} />}
    </main>
  );
}
