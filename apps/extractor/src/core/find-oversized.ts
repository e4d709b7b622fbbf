import { encodeEvent, type RunId } from '@cullstream/contracts';
import type { Catalogue } from '@cullstream/catalog';
import { toImageFound } from './to-image-found.js';

/** Upper bound of an event's size without its names. */
const FIXED_BYTES = 4 * 1024;
/** Most bytes that one UTF-16 unit takes in JSON: an escape such as `\\u001f`. */
const BYTES_A_UNIT = 6;

/**
 * Sequences of images whose events are too large for the broker: an event names the whole group, and a
 * row of the user's database may list any number of images. All images of such a group are returned.
 * @param maxBytes size limit of one event
 */
export function findOversized(
  run: RunId,
  catalogue: Catalogue,
  maxBytes: number,
): ReadonlySet<number> {
  const listUnits = new Map<readonly string[] | undefined, number>();
  const groups = new Set<string>();
  const alone = new Set<number>();
  for (const image of catalogue.images) {
    const { group, name, sequence } = image;
    let units = listUnits.get(group?.images);
    if (units === undefined) {
      units = group?.images.reduce((sum, each) => sum + each.length + 3, 0) ?? 0;
      listUnits.set(group?.images, units);
    }
    if (BYTES_A_UNIT * (units + 4 * name.length) + FIXED_BYTES <= maxBytes) continue;
    const bytes = encodeEvent(toImageFound(run, catalogue, image, null)).length + FIXED_BYTES;
    if (bytes <= maxBytes) continue;
    if (group === null) alone.add(sequence);
    else groups.add(group.id);
  }
  for (const { group, sequence } of catalogue.images) {
    if (group !== null && groups.has(group.id)) alone.add(sequence);
  }
  return alone;
}
