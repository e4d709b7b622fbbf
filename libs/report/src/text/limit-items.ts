import { counted, formatCount } from '@cullstream/contracts';

/** Lines of one kind, or rows of a table, that a person reads at once. */
export const MOST_LINES = 100;

export interface LimitOptions<T> {
  /** What each is. */
  readonly what: string;
  /** Where the others are listed. */
  readonly where?: string;
  /** Those that come first where not all are shown. */
  readonly isUrgent?: (item: T) => boolean;
  readonly most?: number;
}

/**
 * What is shown of items of which there may be any number: all in their order, or the first, beginning
 * with the urgent ones.
 * @returns `more`: a line that says how many are not shown and where they are; none where all are
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

/** As {@link limitItems}, for lines that stand one below the other. */
export function limitLines(lines: readonly string[], options: LimitOptions<string>): string[] {
  const { shown, more } = limitItems(lines, options);
  return [...shown, ...more];
}

/** Examples of a kind, where a line is enough. */
const EXAMPLES = 3;

/** `title: a; b; c; and 4 more`: one line with the first few; none where there is nothing. */
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
