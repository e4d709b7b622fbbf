import { toBaseName, toVariant } from './variant.js';

export interface GroupingOptions {
  /** Shorter runs stay ungrouped. */
  readonly minGroupSize: number;
  /** Two neighbours of a group may not be further apart; without it time does not matter. */
  readonly timeGapMinutes?: number | undefined;
}

/** How many images after the last member may hold the next one. */
const LOOKAHEAD = 50;

/**
 * Cuts a sorted list into groups of rising stages, by the "nearest-up" rule: after a member, the
 * next one is the image with the lowest higher stage within the lookahead, the first of them where
 * several share it. The search ends at an image whose stage is not higher (a new picture begins
 * there). Skipped images stay ungrouped.
 *
 * @param sorted the images as `sortImages` orders them
 * @returns the groups in order, each with its images in order
 *
 * @example
 * ```ts
 * const sorted = sortImages([
 *   { name: '20250701_000105_stage2_upscaled.png' },
 *   { name: '20250701_000004_stage1_generated.png' },
 * ]);
 * groupImages(sorted, { minGroupSize: 2 }); // one group, stage 1 first
 * ```
 */
export function groupImages<T extends { readonly name: string }>(
  sorted: readonly T[],
  options: GroupingOptions,
): T[][] {
  const items = sorted.map((image) => toItem(image));
  const groups: T[][] = [];
  let start = 0;
  while (start < items.length) {
    const members = membersFrom(items, start, options.timeGapMinutes);
    if (members.length >= options.minGroupSize) {
      groups.push(members.flatMap((index) => items[index]?.image ?? []));
      start = (members.at(-1) ?? start) + 1;
    } else {
      start += 1;
    }
  }
  return groups;
}

interface Item<T> {
  readonly image: T;
  readonly stage: number;
  readonly timeMs: number | undefined;
}

function toItem<T extends { readonly name: string }>(image: T): Item<T> {
  const { timestamp, stage } = toVariant(toBaseName(image.name));
  return { image, stage, timeMs: timestamp === undefined ? undefined : toTimeMs(timestamp) };
}

function membersFrom<T>(
  items: readonly Item<T>[],
  start: number,
  timeGapMinutes: number | undefined,
): number[] {
  const members = [start];
  for (let last = start; ;) {
    const next = nextMember(items, last, timeGapMinutes);
    if (next === undefined) return members;
    members.push(next);
    last = next;
  }
}

function nextMember<T>(
  items: readonly Item<T>[],
  last: number,
  timeGapMinutes: number | undefined,
): number | undefined {
  const from = items[last];
  if (from === undefined) return undefined;
  const end = Math.min(items.length, last + 1 + LOOKAHEAD);
  let best: number | undefined;
  let bestStage = Infinity;
  for (let index = last + 1; index < end; index++) {
    const item = items[index];
    if (item === undefined || item.stage <= from.stage) break;
    if (isTooLate(from.timeMs, item.timeMs, timeGapMinutes)) break;
    if (item.stage < bestStage) {
      best = index;
      bestStage = item.stage;
    }
  }
  return best;
}

function isTooLate(
  fromMs: number | undefined,
  toMs: number | undefined,
  gapMinutes: number | undefined,
): boolean {
  if (gapMinutes === undefined || fromMs === undefined || toMs === undefined) return false;
  return toMs - fromMs > gapMinutes * 60_000;
}

/** Milliseconds of `YYYYMMDD_HHMMSS` read as UTC; undefined where the calendar has no such time. */
function toTimeMs(timestamp: string): number | undefined {
  const part = (start: number, length: number) => timestamp.slice(start, start + length);
  const date = `${part(0, 4)}-${part(4, 2)}-${part(6, 2)}`;
  const timeMs = Date.parse(`${date}T${part(9, 2)}:${part(11, 2)}:${part(13, 2)}Z`);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
