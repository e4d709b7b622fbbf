/** Whether a server's version, `2.9.10` say, is that one or a later one. Unknown ones are old. */
export function isServerAtLeast(
  version: string | undefined,
  least: readonly [major: number, minor: number, patch: number],
): boolean {
  const actual = (version ?? '').split('.').map((part) => Number.parseInt(part, 10));
  for (const [place, wanted] of least.entries()) {
    const found = actual[place] ?? 0;
    if (found !== wanted) return found > wanted;
  }
  return true;
}
