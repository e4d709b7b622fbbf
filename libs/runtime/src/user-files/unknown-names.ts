import { didYouMean } from './did-you-mean.js';

const NAMES_SHOWN = 30;
const PROBLEMS_SHOWN = 10;

/** The first names, and how many more there are: `a, b and 12 more`. */
export function listNames(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The end of a sentence about an unknown name: the similar known name, else all known names. */
export function suggestName(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  return meant === '' ? `; there are: ${listNames(known.length === 0 ? ['none'] : known)}` : meant;
}

/** A sentence for each unknown name, up to a limit. */
export function describeUnknownNames(
  names: readonly string[],
  known: readonly string[],
  describe: (name: string) => string,
): string[] {
  const all = new Set(known);
  const unknown = names.filter((name) => !all.has(name));
  const more = unknown.length - PROBLEMS_SHOWN;
  return [
    ...unknown
      .slice(0, PROBLEMS_SHOWN)
      .map((name) => `${describe(name)}${suggestName(name, known)}`),
    ...(more > 0 ? [`and ${more} more names that are not known`] : []),
  ];
}
