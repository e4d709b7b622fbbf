import { html } from 'hono/html';
import type { HistoryPoint } from '../rate-history.js';
import type { ProjectSummary } from '../summary.js';
import { nothing, toPercent, type Piece } from './page-parts.js';
import { toFrame, toPlot } from './plot-frame.js';
import { plotHistogram } from './plot-histogram.js';
import { plotRows } from './plot-rows.js';
import type { ProjectDecisions } from './project-decisions.js';

/** A plot with more rows is hard to read, so only the largest projects are shown. */
const MOST_ROWS = 40;
const HEIGHT = 200;

/** Plots the images per second over the time of the run. */
export function plotThroughput(points: readonly HistoryPoint[]): Piece {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 3) return nothing;
  const rates = points.slice(1).map(({ atMs, finished }, index) => {
    const before = points[index] ?? first;
    return {
      ...{ fromMs: before.atMs, toMs: atMs },
      rate: ((finished - before.finished) * 1_000) / (atMs - before.atMs),
    };
  });
  const most = Math.max(...rates.map(({ rate }) => rate));
  if (most === 0) return nothing;
  const seconds = (last.atMs - first.atMs) / 1_000;
  const [unit, name] =
    seconds < 300 ? [1, 'seconds'] : seconds < 18_000 ? [60, 'minutes'] : [3_600, 'hours'];
  const toX = (ms: number) => (ms - first.atMs) / 1_000 / unit;
  const { x, y, axes } = toFrame({
    ...{ height: HEIGHT, x: [0, toX(last.atMs)], y: [0, most] },
    ...{ xName: `${name} since the first look`, yName: 'images a second' },
  });
  const bars = rates.map(
    ({ fromMs, toMs, rate }) =>
      html`<rect
        class="bar"
        x="${x(toX(fromMs))}"
        y="${y(rate)}"
        width="${x(toX(toMs)) - x(toX(fromMs))}"
        height="${y(0) - y(rate)}"
      />`,
  );
  const words = `Images a second over time, at most ${most.toFixed(1)}`;
  return html`<h3>Throughput over time</h3>
    ${toPlot(HEIGHT, words, html`${axes}${bars}`)}`;
}

/** Plots the share of images of each project that came from the embedding cache. */
export function plotCacheShare(projects: readonly ProjectSummary[]): Piece {
  const all = projects
    .filter(({ status }) => status !== 'skipped')
    .map((project) => ({
      name: project.project_id,
      cached: project.cached_images,
      images: project.embedded_images + project.cached_images + project.failed_images,
    }))
    .filter(({ images }) => images > 0)
    .sort((a, b) => b.images - a.images);
  if (all.every(({ cached }) => cached === 0)) return nothing;
  const rows = all.slice(0, MOST_ROWS);
  return html`<h3>Share that came from the cache${ofMany(rows.length, all.length)}</h3>
    ${plotRows(
      rows.map(({ name, cached, images }) => ({
        name,
        value: toPercent(cached / images),
        draw: (x, y) => toBar(x, y, cached / images),
      })),
      'Share of the images that came from the cache',
    )}`;
}

/**
 * Plots the confidence from the 5th to the 95th percentile, with the middle half and the median.
 */
export function plotConfidence(decisions: readonly ProjectDecisions[]): Piece {
  const all = decisions
    .flatMap(({ project, confidence }) => (confidence === null ? [] : [{ project, confidence }]))
    .sort((a, b) => b.confidence.count - a.confidence.count);
  if (all.length === 0) return nothing;
  const rows = all.slice(0, MOST_ROWS).map(({ project, confidence }) => ({
    name: project,
    value: toPercent(confidence.median),
    draw: (x: (share: number) => number, y: number) =>
      html`<line
          class="interval"
          x1="${x(confidence.p5)}"
          x2="${x(confidence.p95)}"
          y1="${y}"
          y2="${y}"
        />
        <rect
          class="bar"
          x="${x(confidence.p25)}"
          y="${y - 5}"
          width="${Math.max(1, x(confidence.p75) - x(confidence.p25))}"
          height="10"
        />
        <circle class="median" cx="${x(confidence.median)}" cy="${y}" r="4" />`,
  }));
  return html`<h3>Confidence by project${ofMany(rows.length, all.length)}</h3>
    <p class="soft">
      Share of the ranker's trust that the selected image has within its group. The dot is the
      median, the bar holds half of the groups, the line nine of ten.
    </p>
    ${plotRows(rows, 'Median confidence by project')}`;
}

/** Plots the image stages of the selected images. */
export function plotStages(decisions: readonly ProjectDecisions[]): Piece {
  const counts = new Map<string, number>();
  for (const { stages } of decisions) {
    for (const [stage, count] of stages) counts.set(stage, (counts.get(stage) ?? 0) + count);
  }
  const all = [...counts].sort(([, a], [, b]) => b - a);
  const total = all.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return nothing;
  const rows = all.slice(0, MOST_ROWS).map(([name, count]) => ({
    name,
    value: String(count),
    draw: (x: (share: number) => number, y: number) => toBar(x, y, count / total),
  }));
  return html`<h3>Stage chosen${ofMany(rows.length, all.length)}</h3>
    ${plotRows(rows, 'Share of the groups in which an image of that stage was selected')}`;
}

/** Plots the share of the image that the crops keep. */
export function plotCrops(decisions: readonly ProjectDecisions[]): Piece {
  const sums = (decisions[0]?.cropShares ?? []).map((_, bin) =>
    decisions.reduce((sum, { cropShares }) => sum + (cropShares[bin] ?? 0), 0),
  );
  const total = sums.reduce((sum, count) => sum + count, 0);
  if (total === 0) return nothing;
  return html`<h3>Crop areas</h3>
    ${plotHistogram(sums, `${total} crops, by the share of the image that they keep`, {
      ...{ xName: 'share of the image that is kept', yName: 'crops' },
      xTick: (share) => `${Math.round(100 * share)} %`,
    })}`;
}

function toBar(x: (share: number) => number, y: number, share: number): Piece {
  return html`<rect class="bar" x="${x(0)}" y="${y - 6}" width="${x(share) - x(0)}" height="12" />`;
}

function ofMany(shown: number, all: number): string {
  return shown === all ? '' : ` (the ${shown} largest of ${all})`;
}
