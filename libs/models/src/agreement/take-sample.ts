/** The images of a group, or one ungrouped image. */
export type Unit<T> = readonly T[];

/**
 * Takes whole groups at even intervals, which have about `wanted` images together. A group that is
 * larger than the sample is cut.
 */
export function takeSample<T>(units: readonly Unit<T>[], wanted: number): Unit<T>[] {
  const total = units.reduce((sum, unit) => sum + unit.length, 0);
  if (total <= wanted) return [...units];
  const count = Math.max(1, Math.round((units.length * wanted) / total));
  const taken = Array.from(
    { length: count },
    (_unused, index) => units[Math.floor(((index + 0.5) * units.length) / count)] ?? [],
  );
  let left = wanted;
  return taken.flatMap((unit) => {
    const part = unit.slice(0, left);
    left -= part.length;
    return part.length > 0 ? [part] : [];
  });
}
