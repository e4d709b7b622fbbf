import {
  PLOT,
  plotHistogram,
  shortenName,
  toFrame,
  toPercent,
  toPlot,
  type Piece,
} from '@cullstream/report/page';
import { html } from 'hono/html';
import type { Calibration } from '../measures/calibration.js';
import type { Measured } from '../measures/intervals.js';

const percentTick = (share: number) => `${Math.round(100 * share)} %`;

/** A share of a version in one project, and that of the best rule. */
export interface ProjectShare {
  readonly project: string;
  readonly share: Measured;
  readonly rules: readonly { readonly rule: string; readonly value: number | null }[];
}

const ROW_HEIGHT = 24;
const NAME_WIDTH = 160;

/** A row for each project: the version with its interval, and the rules. */
export function plotByProject(rows: readonly ProjectShare[]): Piece {
  const height = rows.length * ROW_HEIGHT + PLOT.top + PLOT.bottom;
  const right = PLOT.width - PLOT.right;
  const x = (share: number) => NAME_WIDTH + share * (right - NAME_WIDTH);
  const marks = ['rule-a', 'rule-b', 'rule-c', 'rule-d'];
  const drawRow = ({ project, share, rules }: ProjectShare, index: number) => {
    const y = PLOT.top + (index + 0.5) * ROW_HEIGHT;
    return html`<line class="grid" x1="${NAME_WIDTH}" x2="${right}" y1="${y}" y2="${y}" />
      <text class="tick end" x="${NAME_WIDTH - 8}" y="${y + 4}">${shortenName(project)}</text>
      ${rules.map(({ rule, value }, kind) =>
        value === null
          ? ''
          : html`<rect
              class="${marks[kind] ?? ''}"
              x="${x(value) - 2}"
              y="${y - 7}"
              width="4"
              height="14"
              ><title>${rule}: ${toPercent(value)}</title></rect
            >`,
      )}
      ${drawInterval(share, (value) => [x(value), y], 'across')}`;
  };
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      html`<text class="tick middle" x="${x(tick)}" y="${height - 16}">${percentTick(tick)}</text>`,
  );
  const words = rows.map(({ project, share }) => `${project} ${toPercent(share.value)}`).join(', ');
  return toPlot(height, `Right picks by project: ${words}`, html`${rows.map(drawRow)}${ticks}`);
}

/** A dot where the value is, a line over its interval. */
function drawInterval(
  { value, interval }: Measured,
  place: (value: number) => readonly [number, number],
  direction: 'across' | 'up',
  radius = 4,
): Piece | string {
  if (value === null) return '';
  const [x, y] = place(value);
  const [low, high] = (interval ?? [value, value]).map((each) => place(each));
  const ends = [low?.[0] ?? x, low?.[1] ?? y, high?.[0] ?? x, high?.[1] ?? y];
  return html`<line
      class="interval ${direction}"
      x1="${ends[0] ?? x}"
      y1="${ends[1] ?? y}"
      x2="${ends[2] ?? x}"
      y2="${ends[3] ?? y}"
    />
    <circle class="dot" cx="${x}" cy="${y}" r="${radius}"
      ><title>${toPercent(value)}</title></circle
    >`;
}

const SQUARE_HEIGHT = 300;

/** How often picks of each confidence are right. On the diagonal, confidence and accuracy are equal. */
export function plotCalibration({ bins, expectedCalibrationError: error }: Calibration): Piece {
  const frame = toFrame({
    ...{ height: SQUARE_HEIGHT, x: [0, 1], y: [0, 1] },
    ...{ xName: 'confidence', yName: 'right picks', xTick: percentTick, yTick: percentTick },
  });
  const { x, y } = frame;
  const most = Math.max(1, ...bins.map(({ groups }) => groups));
  const dots = bins.map(({ meanConfidence, accuracy, groups }) =>
    meanConfidence === null
      ? ''
      : drawInterval(
          accuracy,
          (share) => [x(meanConfidence), y(share)],
          'up',
          3 + 5 * Math.sqrt(groups / most),
        ),
  );
  const words = bins
    .filter(({ groups }) => groups > 0)
    .map(
      ({ meanConfidence, accuracy }) =>
        `${toPercent(meanConfidence)}: ${toPercent(accuracy.value)}`,
    )
    .join(', ');
  return toPlot(
    SQUARE_HEIGHT,
    `Right picks by confidence: ${words}; expected calibration error ${toPercent(error)}`,
    html`${frame.axes}<line
        class="ideal"
        x1="${x(0)}"
        y1="${y(0)}"
        x2="${x(1)}"
        y2="${y(1)}"
      />${dots}`,
  );
}

/** Histogram of the overlap with the person's crops. */
export function plotOverlaps(histogram: readonly number[]): Piece {
  const count = histogram.reduce((sum, each) => sum + each, 0);
  return plotHistogram(histogram, `${count} crops, by overlap with the person's`, {
    xName: 'intersection over union',
    yName: 'crops',
  });
}

const LOW_HEIGHT = 200;

/** A share at a time: when the person finished the project. */
export interface TimedShare {
  readonly project: string;
  /** ISO 8601. */
  readonly time: string;
  readonly share: Measured;
}

/** How the share changes from project to project, in the order in which they were finished. */
export function plotTrend(points: readonly TimedShare[]): Piece {
  const times = points.map(({ time }) => Date.parse(time));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const frame = toFrame({
    ...{ height: LOW_HEIGHT, x: [first, Math.max(last, first + 1)], y: [0, 1] },
    ...{ xName: 'finished', yName: 'right picks', yTick: percentTick },
    xTick: (time) => new Date(time).toISOString().slice(0, 10),
    xTicks: 3,
  });
  const { x, y } = frame;
  const dots = points.map(
    ({ project, time, share }) =>
      html`<g
        ><title>${project}</title
        >${drawInterval(share, (value) => [x(Date.parse(time)), y(value)], 'up')}</g
      >`,
  );
  return toPlot(
    LOW_HEIGHT,
    'Right picks by when projects were finished',
    html`${frame.axes}${dots}`,
  );
}
