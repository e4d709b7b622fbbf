/** Size of the target image. The narrow rows have padding, since stores go beyond their end. */
export const TARGET_SIZE: i32 = 224;
export const TARGET_ROW_BYTES: i32 = 672;
export const NARROW_ROW_BYTES: i32 = 688;

/** First address that the module does not use. The caller decides about the memory from there on. */
export function heapBase(): usize {
  return __heap_base;
}
