import {
  groupFilters,
  type GalleryDecision,
  type GroupFilter,
  type GroupOrder,
  type GroupQuery,
} from '@cullstream/contracts/web';
import { areBoxesNear, toBaseName, toStageName } from '@cullstream/domain';
import type { ViewedGroup } from './project-view.js';

/** The parts of a group that decide which filters it matches. */
export type ListedGroup = Omit<ViewedGroup, 'readImages'>;

/** A proposed crop is tiny if it keeps less than this share of the image. */
const TINY_SHARE = 0.25;

export interface SelectedGroups<Group> {
  readonly groups: readonly Group[];
  readonly counts: Record<GroupFilter, number>;
  readonly stages: readonly { readonly stage: string; readonly groups: number }[];
}

/**
 * The groups that match a query, sorted, with the number of groups for each filter and image stage.
 */
export function selectGroups<Group extends ListedGroup>(
  all: readonly Group[],
  { show, order, stage, search }: Pick<GroupQuery, 'show' | 'order' | 'stage' | 'search'>,
): SelectedGroups<Group> {
  const wanted = search?.trim().toLowerCase() ?? '';
  const found = wanted === '' ? all : all.filter((group) => isNamed(group, wanted));
  const ofStage =
    stage === undefined ? found : found.filter((group) => toSelectedStage(group) === stage);
  const counts = Object.fromEntries(
    groupFilters.map((filter) => [filter, ofStage.filter(filters[filter]).length]),
  ) as Record<GroupFilter, number>;
  const shown = ofStage.filter(filters[show]);
  return { groups: sort(shown, order), counts, stages: countStages(found.filter(filters[show])) };
}

const filters: Readonly<Record<GroupFilter, (group: ListedGroup) => boolean>> = {
  all: () => true,
  decided: ({ decision }) => decision !== null,
  'person-disagrees': disagreesWithPerson,
  'versions-disagree': ({ decision, compared }) =>
    compared !== null &&
    decision !== null &&
    (compared.selectedIndex !== decision.selectedIndex || !isSameCrop(compared, decision)),
  failed: ({ hasFailure }) => hasFailure,
  'inverted-crop': ({ decision }) => decision?.crop === null,
  'tiny-crop': (group) => (toCropShare(group) ?? 1) < TINY_SHARE,
};

/** Groups without a decision or without a known choice of the user do not disagree. */
function disagreesWithPerson({ decision, person }: ListedGroup): boolean {
  if (decision === null || person === null) return false;
  if (person.selectedIndex !== decision.selectedIndex) return true;
  // An approved image was kept whole: then the person's box is that of the whole image.
  return person.crop !== null && decision.crop !== null && !isSameCrop(person, decision);
}

function isSameCrop(
  one: Pick<GalleryDecision, 'crop'>,
  other: Pick<GalleryDecision, 'crop'>,
): boolean {
  if (one.crop === null || other.crop === null) return one.crop === other.crop;
  return areBoxesNear(one.crop, other.crop);
}

/** Share of the image's area that the proposed crop keeps. */
function toCropShare({ decision }: ListedGroup): number | undefined {
  if (decision?.crop == null) return undefined;
  const [x1, y1, x2, y2] = decision.crop;
  return (x2 - x1) * (y2 - y1);
}

function sort<Group extends ListedGroup>(
  groups: readonly Group[],
  order: GroupOrder,
): readonly Group[] {
  switch (order) {
    case 'catalogue':
      return groups;
    case 'least-confident':
      return sortBy(groups, ({ decision }) => decision?.confidence);
    case 'most-confident':
      return sortBy(groups, ({ decision }) => decision && -decision.confidence);
    case 'smallest-crop':
      return sortBy(groups, toCropShare);
  }
}

/** Sorts by a value. Groups without a value come last, and equal ones keep their order. */
function sortBy<Group>(
  groups: readonly Group[],
  toValue: (group: Group) => number | null | undefined,
): Group[] {
  return groups
    .map((group) => ({ group, value: toValue(group) ?? Infinity }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
    .map(({ group }) => group);
}

function isNamed({ groupId, names }: ListedGroup, wanted: string): boolean {
  return (
    groupId.toLowerCase().includes(wanted) ||
    names.some((name) => name.toLowerCase().includes(wanted))
  );
}

function toSelectedStage({ decision, names }: ListedGroup): string | undefined {
  if (decision === null) return undefined;
  const name = names[decision.selectedIndex];
  return name === undefined ? undefined : toStageName(toBaseName(name));
}

function countStages(groups: readonly ListedGroup[]): SelectedGroups<unknown>['stages'] {
  const stages = new Map<string, number>();
  for (const group of groups) {
    const stage = toSelectedStage(group);
    if (stage !== undefined) stages.set(stage, (stages.get(stage) ?? 0) + 1);
  }
  return [...stages]
    .map(([stage, count]) => ({ stage, groups: count }))
    .sort((a, b) => a.stage.localeCompare(b.stage, 'en'));
}
