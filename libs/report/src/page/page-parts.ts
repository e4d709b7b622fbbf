import { html, raw } from 'hono/html';
import type { CropBox } from '@cullstream/domain';
import { pageStyle } from './page-style.js';

/** A piece of a page. Values that are inserted into it are escaped, unless they are pieces. */
export type Piece = ReturnType<typeof html>;

/** `96.6 %` */
export function toPercent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

export function toFixed(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}

/** An empty piece. */
export const nothing: Piece = raw('');

/** A complete page that needs no network and has no scripts. */
export async function toDocument({
  title,
  style = '',
  content,
}: {
  readonly title: string;
  /** Style in addition to that of every page. */
  readonly style?: string;
  readonly content: Piece;
}): Promise<string> {
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${raw(pageStyle + style)}
        </style>
      </head>
      <body>
        <main>${content}</main>
      </body>
    </html> `;
  return String(page);
}

export interface Column {
  readonly head: string;
  /** Whether the column is aligned to the left and wrapped. */
  readonly isText?: boolean;
}

/**
 * A table whose first column has the names of the rows. It scrolls if it is wider than the page.
 */
export function toTable(
  columns: readonly Column[],
  rows: readonly (readonly (string | Piece)[])[],
): Piece {
  const toClass = (index: number) => (columns[index]?.isText === true ? 'text' : 'number');
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${columns.map(({ head }, at) => html`<th scope="col" class="${toClass(at)}">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name = '', ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell, at) => html`<td class="${toClass(at + 1)}">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A picture with boxes that are drawn over it. */
export function toPicture(
  uri: string,
  alt: string,
  boxes: readonly (readonly [CropBox | null, 'version' | 'person'])[],
): Piece {
  return html`<div class="picture">
    <img src="${uri}" alt="${alt}" loading="lazy" />${boxes.map(([box, who]) =>
      box === null ? nothing : toBox(box, who),
    )}
  </div>`;
}

function toBox([x1, y1, x2, y2]: CropBox, who: 'version' | 'person'): Piece {
  const share = (value: number) => `${(100 * value).toFixed(2)}%`;
  return html`<div
    class="box ${who}"
    style="left:${share(x1)};top:${share(y1)};width:${share(x2 - x1)};height:${share(y2 - y1)}"
  ></div>`;
}
