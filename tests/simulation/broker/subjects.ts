const split = new Map<string, readonly string[]>();
const MOST_KEPT = 10_000;

/** Whether a subject is one that a filter with wildcards stands for. */
export function matches(filter: string, subject: string): boolean {
  if (filter === subject || filter === '>') return true;
  if (!filter.includes('*') && !filter.endsWith('>')) return false;
  const wanted = toTokens(filter);
  const tokens = toTokens(subject);
  for (const [index, token] of wanted.entries()) {
    if (token === '>') return tokens.length > index;
    if (tokens[index] === undefined || (token !== '*' && token !== tokens[index])) return false;
  }
  return wanted.length === tokens.length;
}

function toTokens(subject: string): readonly string[] {
  let tokens = split.get(subject);
  if (tokens === undefined) {
    if (split.size > MOST_KEPT) split.clear();
    tokens = subject.split('.');
    split.set(subject, tokens);
  }
  return tokens;
}
