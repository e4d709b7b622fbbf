import { closestMatch } from 'leven';

/** One letter of three may be wrong, but never more than three. */
const LETTERS_PER_MISTAKE = 2.5;
const MOST_MISTAKES = 3;

/**
 * The end of a sentence about an unknown word: `; did you mean "status"?`, or nothing if no known word is
 * similar. Case, hyphens and underscores are ignored.
 */
export function didYouMean(word: string, known: readonly string[]): string {
  const written = new Map(known.map((each) => [toBareWord(each), each]));
  const bare = toBareWord(word);
  const maxDistance = Math.min(MOST_MISTAKES, Math.floor(bare.length / LETTERS_PER_MISTAKE));
  const found = written.has(bare) ? bare : closestMatch(bare, [...written.keys()], { maxDistance });
  const match = found === undefined ? undefined : written.get(found);
  return match === undefined ? '' : `; did you mean "${match}"?`;
}

function toBareWord(word: string): string {
  return word.toLowerCase().replaceAll(/[-_\s]/g, '');
}
