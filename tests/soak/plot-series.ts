import { toFrame, toPlot, type Piece } from '@cullstream/report/page';
import { html, raw } from 'hono/html';
import type { Point } from './robust-slope.js';

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

const HEIGHT = 240;
const COLORS = ['#4477aa', '#ee6677', '#228833', '#aa8800', '#66ccee', '#aa3377', '#777777'];
const STYLE = `svg { font: 11px sans-serif; background: #fff; }
.grid { stroke: #ddd; } .end { text-anchor: end; } .middle { text-anchor: middle; }
polyline { fill: none; stroke-width: 1.2; }`;

/** An SVG file of lines over time, with the name of each in its colour. */
export async function plotSeries(all: readonly Series[], yName: string): Promise<string> {
  const points = all.flatMap((series) => series.points);
  const lastMinute = Math.max(1, ...points.map(({ minute }) => minute));
  const most = Math.max(1, ...points.map(({ value }) => value));
  const frame = { height: HEIGHT, x: [0, lastMinute], y: [0, 1.05 * most] } as const;
  const { x, y, axes } = toFrame({ ...frame, xName: 'minutes', yName });
  const toColor = (index: number) => COLORS[index % COLORS.length] ?? '';
  const lines = all.map(({ points }, index) => {
    const path = points.map(
      ({ minute, value }) => `${x(minute).toFixed(1)},${y(value).toFixed(1)}`,
    );
    return html`<polyline points="${path.join(' ')}" stroke="${toColor(index)}" />`;
  });
  const names: Piece = html`<text x="470" y="12" class="end"
    >${all.map(
      ({ name }, index) => html`<tspan dx="8" fill="${toColor(index)}">${name}</tspan>`,
    )}</text
  >`;
  const content = html`<style>
      ${raw(STYLE)}
    </style>
    ${axes}${lines}${names}`;
  const svg = String(await toPlot(HEIGHT, `${yName} over time`, content));
  return `${svg.replace('<svg ', '<svg xmlns="http://www.w3.org/2000/svg" ').trim()}\n`;
}
