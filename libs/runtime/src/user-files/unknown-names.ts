import { didYouMean } from './did-you-mean.js';

const NAMES_SHOWN = 30;
const PROBLEMS_SHOWN = 10;

/** As many names as a message holds: `a, b and 12 more`. */
export function listNames(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The rest of a sentence that says a name is not known: the one that may be meant, else those there are. */
export function suggestName(name: string, known: readonly string[]): string {
  const meant = didYouMean(name, known);
  return meant === '' ? `; there are: ${listNames(known.length === 0 ? ['none'] : known)}` : meant;
}

/** A sentence for each name that is not known, and no more than a person reads. */
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
