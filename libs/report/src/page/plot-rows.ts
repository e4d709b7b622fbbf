import { html } from 'hono/html';
import type { Piece } from './page-parts.js';
import { PLOT, shortenName, toPlot } from './plot-frame.js';

export interface PlotRow {
  readonly name: string;
  /** The value as text, at the end of the row. */
  readonly value: string;
  /** Draws the value at height `y`. `x` converts a share from 0 to 1 to a position. */
  readonly draw: (x: (share: number) => number, y: number) => Piece;
}

const ROW_HEIGHT = 22;
const NAME_WIDTH = 160;
const VALUE_WIDTH = 56;

/** Draws a row for each name on a scale from 0 to 100 %. */
export function plotRows(rows: readonly PlotRow[], description: string): Piece {
  const right = PLOT.width - VALUE_WIDTH;
  const x = (share: number) => NAME_WIDTH + share * (right - NAME_WIDTH);
  const bottom = rows.length * ROW_HEIGHT + 6;
  const height = bottom + 18;
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (tick) =>
      html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="4" y2="${bottom}" />
        <text class="tick middle" x="${x(tick)}" y="${bottom + 13}">${100 * tick} %</text>`,
  );
  const drawn = rows.map(({ name, value, draw }, index) => {
    const y = 4 + (index + 0.5) * ROW_HEIGHT;
    return html`<g>
      <title>${name}: ${value}</title>
      <text class="tick end" x="${NAME_WIDTH - 8}" y="${y + 4}">${shortenName(name)}</text>
      ${draw(x, y)}
      <text class="tick end" x="${PLOT.width - 2}" y="${y + 4}">${value}</text></g
    >`;
  });
  const words = rows.map(({ name, value }) => `${name} ${value}`).join(', ');
  return toPlot(height, `${description}: ${words}`, html`${ticks}${drawn}`);
}
