/**
 * Pillow reads 16-bit grey as integers and clips them to 8 bits: most of such an image turns white.
 * @param grey samples of 16 bits in the machine's byte order, [pixels]
 * @returns RGB, 8 bits, [pixels][3]
 */
export function grey16ToRgb(grey: Uint8Array): Uint8Array {
  const view = new DataView(grey.buffer, grey.byteOffset, grey.byteLength);
  const rgb = new Uint8Array((grey.byteLength / 2) * 3);
  for (let from = 0, to = 0; from < grey.byteLength; from += 2, to += 3) {
    rgb.fill(Math.min(255, view.getUint16(from, true)), to, to + 3);
  }
  return rgb;
}
