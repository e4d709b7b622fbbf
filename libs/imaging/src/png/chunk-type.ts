/** Whether Pillow takes four characters for the type of a chunk. It refuses a PNG with others before its pixels. */
export function isChunkType(type: string): boolean {
  return /^[A-Za-z0-9_]{4}$/.test(type);
}
