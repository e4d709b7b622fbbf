import { toBaseName, toVariant } from './variant.js';

/**
 * Names new groups: `{project}_group_{timestamp of the first image, or "untimed"}`, with `_2`, `_3`, …
 * if that is taken.
 *
 * @param groups the names of each group's images, in order
 * @param taken ids that exist already, for instance in the user's database
 */
export function toGroupIds(
  project: string,
  groups: readonly (readonly string[])[],
  taken: Iterable<string> = [],
): string[] {
  const used = new Set(taken);
  const repeats = new Map<string, number>();
  return groups.map(([first]) => {
    const timestamp = first === undefined ? undefined : toVariant(toBaseName(first)).timestamp;
    const stem = `${project}_group_${timestamp ?? 'untimed'}`;
    let repeat = repeats.get(stem) ?? 0;
    let id: string;
    do {
      repeat += 1;
      id = repeat === 1 ? stem : `${stem}_${repeat}`;
    } while (used.has(id));
    repeats.set(stem, repeat);
    used.add(id);
    return id;
  });
}
