/** A filter, taken apart once: most subjects differ from it before its first wildcard. */
interface Filter {
  readonly prefix: string;
  /** What stands from the first wildcard on; undefined if there is none. */
  readonly rest: readonly string[] | undefined;
}

const filters = new Map<string, Filter>();
const MOST_KEPT = 10_000;

/** Whether a subject is one that a filter with wildcards stands for. */
export function matches(filter: string, subject: string): boolean {
  if (filter === subject || filter === '>') return true;
  const { prefix, rest } = toFilter(filter);
  if (rest === undefined || !subject.startsWith(prefix)) return false;
  const tail = subject.slice(prefix.length);
  if (tail === '') return false;
  const [first] = rest;
  if (rest.length === 1) return first === '>' || !tail.includes('.');
  const tokens = tail.split('.');
  for (const [index, token] of rest.entries()) {
    if (token === '>') return tokens.length > index;
    if (tokens[index] === undefined || (token !== '*' && token !== tokens[index])) return false;
  }
  return rest.length === tokens.length;
}

export function hasWildcard(filter: string): boolean {
  return toFilter(filter).rest !== undefined;
}

function toFilter(text: string): Filter {
  let filter = filters.get(text);
  if (filter === undefined) {
    if (filters.size > MOST_KEPT) filters.clear();
    const tokens = text.split('.');
    const first = tokens.findIndex((token) => token === '*' || token === '>');
    const before = tokens.slice(0, first).map((token) => `${token}.`);
    filter =
      first === -1
        ? { prefix: text, rest: undefined }
        : { prefix: before.join(''), rest: tokens.slice(first) };
    filters.set(text, filter);
  }
  return filter;
}
