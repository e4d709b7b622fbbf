import { scaleLinear } from 'd3-scale';
import { html } from 'hono/html';
import type { Piece } from './page-parts.js';

/** Sizes in units of the plot, which are about one pixel. Texts are large enough for a phone. */
export const PLOT = { width: 480, left: 46, right: 24, top: 26, bottom: 34 } as const;

export type Scale = (value: number) => number;

export interface PlotFrame {
  readonly x: Scale;
  readonly y: Scale;
  /** Grid lines, ticks and names of both axes. */
  readonly axes: Piece;
}

export interface FrameOptions {
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xName: string;
  readonly yName: string;
  readonly xTick?: (value: number) => string;
  /** Approximate number of ticks. Long labels need fewer. */
  readonly xTicks?: number;
  readonly yTick?: (value: number) => string;
}

/** Creates both scales of a plot and draws its axes. */
export function toFrame(options: FrameOptions): PlotFrame {
  const { height, xName, yName, xTick = String, xTicks = 6, yTick = String } = options;
  const x = scaleLinear([...options.x], [PLOT.left, PLOT.width - PLOT.right]);
  const y = scaleLinear([...options.y], [height - PLOT.bottom, PLOT.top]);
  const bottom = height - PLOT.bottom;
  const axes = html` ${y
      .ticks(5)
      .map(
        (tick) =>
          html`<line
              class="grid"
              x1="${PLOT.left}"
              x2="${PLOT.width - PLOT.right}"
              y1="${y(tick)}"
              y2="${y(tick)}"
            />
            <text class="tick end" x="${PLOT.left - 6}" y="${y(tick) + 4}">${yTick(tick)}</text>`,
      )}
    ${x
      .ticks(xTicks)
      .filter((tick, at, all) => at === 0 || xTick(tick) !== xTick(all[at - 1] ?? tick))
      .map(
        (tick) =>
          html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${PLOT.top}" y2="${bottom}" />
            <text class="tick middle" x="${x(tick)}" y="${bottom + 15}">${xTick(tick)}</text>`,
      )}
    <text class="tick middle" x="${(PLOT.left + PLOT.width) / 2}" y="${height - 3}">${xName}</text>
    <text class="tick" x="2" y="12">${yName}</text>`;
  return { x, y, axes };
}

/** A plot with a description for people who cannot see it. */
export function toPlot(height: number, description: string, content: Piece): Piece {
  return html`<svg viewBox="0 0 ${PLOT.width} ${height}" role="img" aria-label="${description}">
    ${content}
  </svg>`;
}

const LONGEST_NAME = 22;
const letters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Shortens a name so that it fits next to a row of a plot. */
export function shortenName(name: string): string {
  const all = Array.from(letters.segment(name), ({ segment }) => segment);
  return all.length > LONGEST_NAME ? `${all.slice(0, LONGEST_NAME - 1).join('')}…` : name;
}
