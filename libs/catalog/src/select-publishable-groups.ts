import { counted } from '@cullstream/contracts';
import type { MatchedGroup } from '@cullstream/domain';
import type { SourceImage } from './list-images.js';

type Group = MatchedGroup<SourceImage>;

/**
 * Bytes of a group's id and names as JSON. Every message of an image carries its whole group, and
 * a broker takes messages of 1 MiB unless it is told otherwise.
 */
const MAX_GROUP_BYTES = 256 * 1024;
const MAX_SHOWN_LENGTH = 80;
const EXAMPLES = 3;

/** The groups of the user's rows that fit into messages, and warnings about the others. */
export function selectPublishableGroups(groups: readonly Group[]): {
  readonly groups: readonly Group[];
  readonly warnings: readonly string[];
} {
  const carried: Group[] = [];
  const tooLarge: Group[] = [];
  for (const group of groups)
    (countBytes(group) > MAX_GROUP_BYTES ? tooLarge : carried).push(group);
  const warnings = tooLarge.slice(0, EXAMPLES).map(describe);
  const more = tooLarge.length - warnings.length;
  if (more > 0) warnings.push(`${more} more rows of the existing database are as large`);
  return { groups: carried, warnings };
}

/** A short form of an id for messages: the user's ids may have any length. */
export function toShortId(id: string): string {
  return id.length > MAX_SHOWN_LENGTH ? `${id.slice(0, MAX_SHOWN_LENGTH)}…` : id;
}

function countBytes({ groupId, images }: Group): number {
  return Buffer.byteLength(JSON.stringify([groupId, images]));
}

function describe(group: Group): string {
  return (
    `row ${toShortId(group.groupId)} of the existing database is too large to be a group: ` +
    `its id and its ${group.images.length} names have ${countBytes(group)} bytes, more than ${MAX_GROUP_BYTES}; ` +
    `left without a group by it: ${counted(group.members.length, 'image')}; split or correct the row, then run again`
  );
}
