import { toBaseName, toVariant } from './variant.js';

/** Images without a timestamp come after all others. */
const UNTIMED = '\u{10FFFF}';

/**
 * Puts the images of a project in the order that grouping needs: by timestamp as text, then stage,
 * then base name, then whole name, by code unit. The order of equal names is kept.
 */
export function sortImages<T extends { readonly name: string }>(images: readonly T[]): T[] {
  const keyed = images.map((image) => {
    const baseName = toBaseName(image.name);
    const { timestamp, stage } = toVariant(baseName);
    return { image, timestamp: timestamp ?? UNTIMED, stage, baseName };
  });
  keyed.sort(
    (a, b) =>
      compareText(a.timestamp, b.timestamp) ||
      a.stage - b.stage ||
      compareText(a.baseName, b.baseName) ||
      compareText(a.image.name, b.image.name),
  );
  return keyed.map(({ image }) => image);
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
