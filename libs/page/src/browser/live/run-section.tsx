import type { ComponentChildren } from 'preact';
import type { LiveRun, WebOverview } from '@cullstream/contracts/web';
import type { Go } from '../address/use-view.js';
import { formatCount, formatMany, formatRate, formatShare } from '../format/numbers.js';
import { formatDate, formatInterval } from '../format/times.js';
import { CountsBar } from './counts-bar.js';
import { RatePlot } from './rate-plot.js';
import { RecentDecisions, RecentFailures } from './recent.js';
import { RunControls, useRunControl } from './run-controls.js';
import { RunProjects } from './run-projects.js';
import { countEnded, isUnderWay, toTotals, type RunState } from './run-totals.js';
import { Stages } from './stages.js';

interface RunSectionProps {
  readonly run: LiveRun;
  readonly overview: WebOverview | null;
  readonly go: Go;
}

const stateNames: Readonly<Record<RunState, string>> = {
  running: 'running',
  paused: 'paused',
  completed: 'completed',
  cancelled: 'cancelled',
};

export function RunSection({ run, overview, go }: RunSectionProps) {
  const { status } = run;
  const control = useRunControl(status.run);
  const isLive = isUnderWay(status);
  const name = status.replay === true ? 'replay' : 'run';
  const canControl = overview?.canControl === true;
  return (
    <section
      class="run"
      aria-label={`${name} of ${formatDate(status.startedAt)}`}
      data-run={status.run}
      data-state={status.state}
    >
      <header>
        <h2>
          {status.replay === true ? 'Replay' : 'Run'} of {formatDate(status.startedAt)}
        </h2>
        <span class={`badge run-${status.state}`}>{stateNames[status.state]}</span>
        {canControl && isLive && <RunControls state={status.state} {...{ name, control }} />}
      </header>
      {control.problem !== null && (
        <p class="notice bad" role="alert">
          {control.problem}
        </p>
      )}
      <Figures run={run} />
      {isLive && (
        <div class="flow">
          <RatePlot samples={run.history} />
          <Stages run={run} />
        </div>
      )}
      <RecentDecisions {...{ run, go }} />
      {status.warnings.length > 0 && (
        <section class="warnings" aria-label="Warnings">
          <h3>{formatMany(status.warnings.length, 'warning')}</h3>
          <ul>
            {status.warnings.map((warning) => (
              <li key={warning}>
                <bdi>{warning}</bdi>
              </li>
            ))}
          </ul>
        </section>
      )}
      <RecentFailures {...{ run, go }} />
      <RunProjects {...{ run, go }} control={canControl ? control : null} />
    </section>
  );
}

/** Shows the progress, the rate and the time left of a run. */
function Figures({ run: { status } }: { readonly run: LiveRun }) {
  const { images, groups, counts } = toTotals(status);
  const ended = countEnded(counts);
  return (
    <>
      <dl class="figures">
        <Figure name="Images" value={images === 0 ? '–' : formatShare(ended / images)}>
          {formatCount(ended)} of {formatCount(images)}
        </Figure>
        {status.state === 'running' && (
          <Figure name="Time left" value={toTimeLeft(status.eta)}>
            {status.bottleneck === null
              ? 'no stage waits'
              : `the ${status.bottleneck} takes longest`}
          </Figure>
        )}
        {status.state === 'running' && (
          <Figure name="Rate" value={`${formatRate(status.imagesPerSecond)}/s`}>
            images a second, now
          </Figure>
        )}
        <Figure name="Decided" value={formatCount(counts.decidedGroups)}>
          of {formatMany(groups, 'group')}
        </Figure>
        <Figure name="From the cache" swatch="cached" value={formatCount(counts.cached)}>
          <i class="swatch embedded" /> {formatCount(counts.embedded)} embedded
        </Figure>
        <Figure
          name="Failed"
          swatch="failed"
          value={formatCount(counts.failed)}
          isBad={counts.failed > 0}
        >
          {formatMany(status.deadLetters, 'dead letter')}
        </Figure>
      </dl>
      <CountsBar label="All images of the run" images={images} counts={counts} />
    </>
  );
}

function toTimeLeft(eta: LiveRun['status']['eta']): string {
  return eta === null ? 'unknown' : formatInterval(eta.low, eta.high);
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly isBad?: boolean;
  /** The part of the progress bar with the same colour. */
  readonly swatch?: 'cached' | 'failed';
  readonly children: ComponentChildren;
}

function Figure({ name, value, isBad = false, swatch, children }: FigureProps) {
  return (
    <div data-figure={name}>
      <dt>
        {swatch !== undefined && <i class={`swatch ${swatch}`} />} {name}
      </dt>
      <dd>
        <span class={isBad ? 'value bad' : 'value'}>{value}</span>
        <span class="soft">{children}</span>
      </dd>
    </div>
  );
}
