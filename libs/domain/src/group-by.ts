/** Items by a key of theirs, in the order in which the keys first appear. No group is empty. */
export function groupBy<K, T>(
  items: readonly T[],
  toKey: (item: T) => K,
): Map<K, readonly [T, ...T[]]> {
  const groups = new Map<K, [T, ...T[]]>();
  for (const item of items) {
    const key = toKey(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
