import { counted } from '@cullstream/contracts';
import type { DatabaseFacts } from '@cullstream/store';
import type { VectorCheck } from './check-vectors.js';
import { examples } from './examples.js';

const RANGES_SHOWN = 5;

export function imageGaps({ progress, outcomes, missingSequences }: DatabaseFacts): string[] {
  const ended = outcomes.computed + outcomes.cached + outcomes.legacy + outcomes.failed;
  const { images } = progress.project;
  const gaps: string[] = [];
  const missing = missingSequences.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  if (missing > 0) {
    const ranges = missingSequences
      .slice(0, RANGES_SHOWN)
      .map(({ from, to }) => (from === to ? from : `${from}-${to}`));
    gaps.push(
      `${missing} of ${counted(images, 'image')} without a row; positions ${ranges.join(', ')}`,
    );
  }
  if (ended > images)
    gaps.push(`${counted(ended, 'image')} ended, and the catalogue has ${images}`);
  return gaps;
}

export function groupGaps(facts: DatabaseFacts): string[] {
  const gaps: string[] = [];
  const { groups } = facts.progress.project;
  const ended = facts.decidedGroups + facts.failedGroups;
  if (ended !== groups)
    gaps.push(`${groups - ended} of ${counted(groups, 'group')} neither decided nor failed`);
  if (facts.undecidedGroupIds.length > 0)
    gaps.push(`undecided: ${examples(facts.undecidedGroupIds)}`);
  if (facts.groupIdsWithoutRow.length > 0) {
    gaps.push(`decided without a row in ai_decisions: ${examples(facts.groupIdsWithoutRow)}`);
  }
  return gaps;
}

export function recipeGaps(facts: DatabaseFacts): string[] {
  const { recipe, embeddingRecipes, groupIdsOfUnknownRecipe } = facts;
  const gaps: string[] = [];
  const others = embeddingRecipes.filter((id) => id !== recipe?.embedding.id);
  if (others.length > 0) gaps.push(`rows of other embedding recipes: ${examples(others)}`);
  if (groupIdsOfUnknownRecipe.length > 0) {
    gaps.push(`decisions of a recipe that no run used: ${examples(groupIdsOfUnknownRecipe)}`);
  }
  return gaps;
}

export function sourceGaps({ progress }: DatabaseFacts, catalogue: string | undefined): string[] {
  if (catalogue === undefined || catalogue === progress.project.catalogue) return [];
  return [
    'the output is stale: the source holds other images or groups than the last run saw, or ' +
      `‹minGroupSize› or ‹timeGapMinutes› are not those of that run; \`cullstream run\` takes it up`,
  ];
}

export function vectorGaps({ bad, unindexed }: VectorCheck): string[] {
  const gaps: string[] = [];
  const toNames = (images: VectorCheck['bad']) => examples(images.map(({ image }) => image));
  if (bad.length > 0) {
    gaps.push(`${counted(bad.length, 'cached vector')} missing or damaged: ${toNames(bad)}`);
  }
  if (unindexed.length > 0) {
    gaps.push(
      `${counted(unindexed.length, 'image')} not in the cache index any more: ${toNames(unindexed)}`,
    );
  }
  return gaps;
}

export function uncheckedNotes({ unchecked }: VectorCheck): string[] {
  if (unchecked === 0) return [];
  return [
    `${counted(unchecked, 'cached vector')} of before there were checksums; ` +
      'a run that uses them adds them',
  ];
}
