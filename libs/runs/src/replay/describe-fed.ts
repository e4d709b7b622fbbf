import { formatCount, type ReplayRequest } from '@cullstream/contracts';
import type { FeedOutcome } from './feed-target.js';

/** In words, which way the events of a project came. */
export function describeFed(
  { before, stored, rebuilt, lost }: FeedOutcome,
  from: ReplayRequest['from'],
): string {
  const origin = from === 'images' ? 'the database' : 'cache and database';
  const ways = [
    ...(before > 0 ? [`${formatCount(before)} before the interruption`] : []),
    ...(stored > 0 ? [`${formatCount(stored)} from the stream`] : []),
    ...(rebuilt > 0 ? [`${formatCount(rebuilt)} rebuilt from ${origin}`] : []),
    ...(lost > 0 ? [`${formatCount(lost)} without a vector, failed`] : []),
  ];
  return `${from} fed: ${ways.length === 0 ? 'none' : ways.join(', ')}`;
}
