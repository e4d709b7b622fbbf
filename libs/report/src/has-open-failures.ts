import type { Summary } from './summary.js';

/** Whether there are failures or dead letters that nobody has accepted. */
export function hasOpenFailures({
  results,
  images,
  groups,
  dead_letters: letters = [],
  accepted = { images: 0, groups: 0, dead_letters: 0 },
}: Summary): boolean {
  const { projects = 0 } = accepted;
  const failed = results.failed + images.failed + groups.failed + letters.length;
  return failed > projects + accepted.images + accepted.groups + accepted.dead_letters;
}
