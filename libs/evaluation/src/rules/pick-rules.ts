import { toBaseName, toVariant } from '@cullstream/domain';

/** Simple rules for picks. If several are equally good, the first one is named. */
export const pickRules = ['highest stage', 'first', 'last', 'random'] as const;
export type PickRule = (typeof pickRules)[number];

/** The probability that a rule picks the image at `chosen`: 1 or 0, except for `random`. */
export function toChance(rule: PickRule, images: readonly string[], chosen: number): number {
  switch (rule) {
    case 'highest stage':
      return Number(highestStage(images) === chosen);
    case 'first':
      return Number(chosen === 0);
    case 'last':
      return Number(chosen === images.length - 1);
    case 'random':
      return 1 / images.length;
  }
}

/** The first of those with the highest stage. */
function highestStage(images: readonly string[]): number {
  const stages = images.map((name) => toVariant(toBaseName(name)).stage);
  return stages.indexOf(Math.max(...stages));
}
