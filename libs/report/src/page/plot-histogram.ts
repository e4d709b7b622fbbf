import { html } from 'hono/html';
import { toFrame, toPlot, type FrameOptions } from './plot-frame.js';
import type { Piece } from './page-parts.js';

const HEIGHT = 200;

/** How many values fall into each of equally wide bins from 0 to 1. */
export function plotHistogram(
  histogram: readonly number[],
  description: string,
  names: Pick<FrameOptions, 'xName' | 'yName' | 'xTick'>,
): Piece {
  const most = Math.max(1, ...histogram);
  const { x, y, axes } = toFrame({ height: HEIGHT, x: [0, 1], y: [0, most], ...names });
  const width = x(1 / histogram.length) - x(0) - 2;
  const bars = histogram.map(
    (count, bin) =>
      html`<rect
        class="bar"
        x="${x(bin / histogram.length) + 1}"
        y="${y(count)}"
        width="${width}"
        height="${y(0) - y(count)}"
        ><title>${count}</title></rect
      >`,
  );
  return toPlot(HEIGHT, description, html`${axes}${bars}`);
}
