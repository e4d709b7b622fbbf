import type { ImageFormat } from './image-format.js';

const PNG_CHUNKS_START = 8;
const PNG_CHUNK_OVERHEAD = 12;
const RIFF_HEADER_BYTES = 8;

/** Whether an image that could not be decoded stops before its own structure says it ends. */
export function isTruncated(bytes: Uint8Array, format: ImageFormat): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case 'png':
      return pngEndsEarly(view);
    case 'webp':
      return RIFF_HEADER_BYTES + view.getUint32(4, true) > bytes.byteLength;
    case 'jpeg':
      return (
        Buffer.from(view.buffer, view.byteOffset, view.byteLength).lastIndexOf(
          '\xff\xd9',
          undefined,
          'latin1',
        ) < 0
      );
  }
}

function pngEndsEarly(view: DataView): boolean {
  let offset = PNG_CHUNKS_START;
  while (offset + 8 <= view.byteLength) {
    const isEnd = view.getUint32(offset + 4) === 0x49_45_4e_44;
    offset += PNG_CHUNK_OVERHEAD + view.getUint32(offset);
    if (isEnd) return false;
  }
  return true;
}
