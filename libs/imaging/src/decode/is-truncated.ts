import type { ImageFormat } from './image-format.js';

const RIFF_HEADER_BYTES = 8;

/** Whether an image that could not be decoded ends before the end that its structure states. */
export function isTruncated(bytes: Uint8Array, format: ImageFormat): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'webp':
      return RIFF_HEADER_BYTES + view.getUint32(4, true) > bytes.byteLength;
    case 'jpeg':
      return jpegEndsEarly(view);
    case 'png':
      return !toBuffer(view).includes('IEND', 0, 'latin1');
  }
}

const JPEG_FILL = 0xff;
const JPEG_SCAN = 0xda;

/** Skips segments up to the first scan, since a preview in one has an end marker of its own. */
function jpegEndsEarly(view: DataView): boolean {
  let offset = 2;
  while (offset + 4 <= view.byteLength && view.getUint8(offset) === JPEG_FILL) {
    const marker = view.getUint8(offset + 1);
    if (marker === JPEG_SCAN) return !hasEndMarker(view, offset);
    offset += marker === JPEG_FILL ? 1 : 2 + view.getUint16(offset + 2);
  }
  return offset + 4 > view.byteLength || !hasEndMarker(view, 0);
}

function hasEndMarker(view: DataView, from: number): boolean {
  return toBuffer(view).includes('\xff\xd9', from, 'latin1');
}

function toBuffer({ buffer, byteOffset, byteLength }: DataView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
