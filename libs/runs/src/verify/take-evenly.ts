/**
 * Whether the item at `index` belongs to a sample of `wanted` among `total`, evenly taken: exactly
 * `wanted` items do, or all where there are no more.
 */
export function isInSample(index: number, total: number, wanted: number | undefined): boolean {
  if (wanted === undefined || total <= wanted) return true;
  return Math.floor(((index + 1) * wanted) / total) > Math.floor((index * wanted) / total);
}
