import { counted, formatCount } from '@cullstream/contracts';

/** Highest number of lines of one kind, or of rows in a table, that are shown. */
export const MOST_LINES = 100;

export interface LimitOptions<T> {
  /** Name of an item, in the singular. */
  readonly what: string;
  /** Where all items are listed. */
  readonly where?: string;
  /** Selects items that are shown first if not all are shown. */
  readonly isUrgent?: (item: T) => boolean;
  readonly most?: number;
}

/**
 * Limits a list. A short list is kept in its order. Of a long one, only the first items are shown,
 * and urgent ones come first.
 * @returns `more`: a line with the number of hidden items and where they are listed; none if all
 * are shown
 */
export function limitItems<T>(
  items: readonly T[],
  { what, where = '‹json› lists all', isUrgent = () => false, most = MOST_LINES }: LimitOptions<T>,
): { readonly shown: readonly T[]; readonly more: readonly string[] } {
  const hidden = items.length - most;
  if (hidden <= 0) return { shown: items, more: [] };
  const urgent = items.filter((item) => isUrgent(item));
  const others = urgent.length >= most ? [] : items.filter((item) => !isUrgent(item));
  return {
    shown: [...urgent, ...others].slice(0, most),
    more: [`and ${counted(hidden, `more ${what}`)}; ${where}`],
  };
}

/** Like {@link limitItems}, but returns lines, with `more` as the last one. */
export function limitLines(lines: readonly string[], options: LimitOptions<string>): string[] {
  const { shown, more } = limitItems(lines, options);
  return [...shown, ...more];
}

/** Number of examples in one line. */
const EXAMPLES = 3;

/** One line with the first few items: `title: a; b; c; and 4 more`. Empty if there are no items. */
export function listExamples<T>(
  title: string,
  items: readonly T[],
  toText: (item: T) => string = String,
): string[] {
  if (items.length === 0) return [];
  const hidden = items.length - EXAMPLES;
  const rest = hidden > 0 ? `; and ${formatCount(hidden)} more` : '';
  return [`${title}: ${items.slice(0, EXAMPLES).map(toText).join('; ')}${rest}`];
}
