import { closestMatch } from 'leven';

/** Of three letters one may be wrong, and never more than three. */
const LETTERS_PER_MISTAKE = 2.5;
const MOST_MISTAKES = 3;

/**
 * The rest of a sentence that says a word is not known: `; did you mean "status"?`, or nothing where
 * no known word comes near. Case, hyphens and underscores are no difference.
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
