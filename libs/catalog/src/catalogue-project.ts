import { createHash } from 'node:crypto';
import {
  counted,
  type GroupMembership,
  type ImageSource,
  type ProjectTotals,
} from '@cullstream/contracts';
import {
  groupImages,
  matchExistingGroups,
  sortImages,
  toGroupIds,
  toBaseName,
  type ExistingGroup,
  type GroupingOptions,
} from '@cullstream/domain';
import { readableName } from '@cullstream/imaging/archive';
import { selectPublishableGroups, toShortId } from './select-publishable-groups.js';
import type { ProjectSource } from './find-projects.js';
import type { SourceImage } from './list-images.js';

export interface CatalogueImage {
  /** Position in the project's order, from 0. */
  readonly sequence: number;
  readonly name: string;
  readonly source: ImageSource;
  readonly group: GroupMembership | null;
}

export interface Catalogue {
  readonly totals: ProjectTotals;
  readonly images: readonly CatalogueImage[];
  readonly warnings: readonly string[];
}

interface Placed {
  readonly groupId: string;
  readonly images: readonly string[];
  readonly members: readonly { readonly position: number; readonly image: SourceImage }[];
  readonly origin: 'new' | 'existing';
}

/**
 * Orders the images of a project and puts them in groups. Images that a row of the user's database names
 * form the group of that row; the others are grouped by their names. Images of a row that is too large
 * for a message are in no group.
 */
export function catalogueProject(
  project: ProjectSource,
  images: readonly SourceImage[],
  existing: readonly ExistingGroup[],
  options: GroupingOptions,
): Catalogue {
  const sorted = sortImages(images);
  const match = matchExistingGroups(existing, sorted);
  const carried = selectPublishableGroups(match.groups);
  const fresh = newGroups(project.name, groupImages(match.rest, options), existing);
  const groups = [
    ...carried.groups.map((group): Placed => ({ ...group, origin: 'existing' })),
    ...fresh,
  ];
  const memberships = toMemberships(project, groups);
  const entries = sorted.map((image, sequence): CatalogueImage => ({
    sequence,
    name: image.name,
    source: image.source,
    group: memberships.get(image) ?? null,
  }));
  return {
    totals: {
      name: project.name,
      source: project.source,
      catalogue: toCatalogueDigest(entries),
      images: entries.length,
      groups: groups.length,
      ungrouped: entries.length - memberships.size,
    },
    images: entries,
    warnings: [...carried.warnings, ...existingWarnings(match.absentGroupIds, match.absentNames)],
  };
}

function newGroups(
  project: string,
  groups: readonly (readonly SourceImage[])[],
  existing: readonly ExistingGroup[],
): Placed[] {
  const names = groups.map((group) => group.map((image) => toBaseName(image.name)));
  const ids = toGroupIds(
    project,
    names,
    existing.map(({ groupId }) => groupId),
  );
  return groups.map((group, index) => ({
    groupId: ids[index] ?? '',
    images: names[index] ?? [],
    members: group.map((image, position) => ({ position, image })),
    origin: 'new',
  }));
}

function toMemberships(
  project: ProjectSource,
  groups: readonly Placed[],
): Map<SourceImage, GroupMembership> {
  const memberships = new Map<SourceImage, GroupMembership>();
  for (const { groupId, images: names, members, origin } of groups) {
    const images = [...names];
    const directory = toDirectory(project, members[0]?.image.name ?? '');
    const present = members.length;
    for (const { position, image } of members) {
      memberships.set(image, { id: groupId, position, images, present, origin, directory });
    }
  }
  return memberships;
}

function toDirectory(project: ProjectSource, name: string): string {
  const folder = name.slice(0, Math.max(0, name.lastIndexOf('/')));
  const source = readableName(project.source);
  return folder === '' ? source : `${source}/${folder}`;
}

/** First 16 hex digits of the SHA-256 over every image's name, source and place. */
export function toCatalogueDigest(
  images: Iterable<Pick<CatalogueImage, 'name' | 'source' | 'group'>>,
): string {
  const hash = createHash('sha256');
  for (const { name, source, group } of images) {
    hash.update(JSON.stringify([name, source, group?.id, group?.position, group?.images]));
    hash.update('\n');
  }
  return hash.digest('hex').slice(0, 16);
}

function existingWarnings(absentGroupIds: readonly string[], absentNames: number): string[] {
  const warnings: string[] = [];
  if (absentGroupIds.length > 0) {
    const examples = absentGroupIds.slice(0, 3).map(toShortId).join(', ');
    warnings.push(
      `no image in the source for ${counted(absentGroupIds.length, 'group')} of the existing database: ${examples}`,
    );
  }
  if (absentNames > 0) {
    warnings.push(
      `the existing database names ${counted(absentNames, 'image')} that the source does not hold`,
    );
  }
  return warnings;
}
