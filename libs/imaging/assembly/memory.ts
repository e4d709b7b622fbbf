/** Size of the target image; the narrow rows carry padding, for stores run over their end. */
export const TARGET_SIZE: i32 = 224;
export const TARGET_ROW_BYTES: i32 = 672;
export const NARROW_ROW_BYTES: i32 = 688;

/** First byte that no data of the module uses: the caller lays out everything behind it. */
export function heapBase(): usize {
  return __heap_base;
}
