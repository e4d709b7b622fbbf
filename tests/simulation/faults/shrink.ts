/** Leaves out what a failure does not need, as long as it still fails. */
export async function shrink<T>(
  faults: readonly T[],
  fails: (faults: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  let needed = faults;
  for (let index = 0; index < needed.length;) {
    const fewer = needed.filter((_fault, at) => at !== index);
    if (await fails(fewer)) {
      needed = fewer;
      index = 0;
    } else {
      index += 1;
    }
  }
  return needed;
}
