import { html, raw } from 'hono/html';

/** A piece of a page. What is put into one is escaped, unless it is a piece itself. */
export type Piece = ReturnType<typeof html>;

/** `96.6 %` */
export function toPercent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(1)} %`;
}

export function toFixed(value: number | null, digits = 3): string {
  return value === null ? '–' : value.toFixed(digits);
}

/** Nothing, as a piece. */
export const nothing: Piece = raw('');
