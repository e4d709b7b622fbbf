import { formatRate } from '../format/numbers.js';
import { formatClock, formatSeconds } from '../format/times.js';
import { toPlot, type Sample } from './plot-scale.js';

/** Plots the images per second over the time of the run, with both axes. */
export function RatePlot({ samples }: { readonly samples: readonly Sample[] }) {
  const plot = toPlot(samples);
  const first = samples[0];
  const last = samples.at(-1);
  if (plot === null || first === undefined || last === undefined) {
    return <p class="plot-empty">The rate is drawn here once it was measured twice.</p>;
  }
  const top = plot.ticks.at(-1) ?? 1;
  const label = `Images a second from ${formatClock(first.at)} to ${formatClock(last.at)}: ${formatRate(last.imagesPerSecond)} at last`;
  return (
    <div class="plot" role="img" aria-label={label}>
      <div class="plot-unit">images/s</div>
      <div class="plot-y" aria-hidden="true">
        {plot.ticks.map((tick) => (
          <span key={tick} style={{ bottom: `${(tick / top) * 100}%` }}>
            {formatRate(tick)}
          </span>
        ))}
      </div>
      <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
        {plot.ticks.map((tick) => (
          <line key={tick} class="rule" x1={0} x2={1} y1={1 - tick / top} y2={1 - tick / top} />
        ))}
        <path class="area" d={plot.area} />
        <path class="line" d={plot.line} />
      </svg>
      <div class="plot-x" aria-hidden="true">
        <span>{formatClock(first.at)}</span>
        <span>{formatSeconds(plot.seconds)}</span>
        <span>{formatClock(last.at)}</span>
      </div>
    </div>
  );
}
