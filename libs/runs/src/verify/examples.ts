const EXAMPLES = 5;

/** The first few of many. */
export function examples(all: readonly (string | number)[]): string {
  const more = all.length - EXAMPLES;
  return all.slice(0, EXAMPLES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
