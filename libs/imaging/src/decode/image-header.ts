import { PermanentError } from '@cullstream/contracts';
import { imageFormat, type ImageFormat } from './image-format.js';

/**
 * The format of an image, by content.
 * @throws {PermanentError} `empty-file`, `not-an-image`
 */
export function requireImageFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.byteLength === 0) throw new PermanentError('empty-file', 'the file is empty');
  const format = imageFormat(bytes);
  if (format === undefined) {
    throw new PermanentError(
      'not-an-image',
      'the content is neither PNG, JPEG nor WebP, whatever the name says',
    );
  }
  return format;
}

const GREY = 0;

/** Whether a PNG is 16-bit grey: Pillow clips such samples instead of scaling them. */
export function isGrey16Png(bytes: Uint8Array): boolean {
  return bytes[24] === 16 && bytes[25] === GREY;
}

const MARKER = 0xff;
const START_OF_SCAN = 0xda;

/** Number of colour components by the frame header of a JPEG, 0 when there is none. */
export function jpegComponents(bytes: Uint8Array): number {
  let offset = 2;
  while (offset + 9 < bytes.byteLength) {
    if (bytes[offset] !== MARKER) return 0;
    const marker = bytes[offset + 1] ?? 0;
    if (marker === MARKER) {
      offset += 1;
    } else if (isFrameHeader(marker)) {
      return bytes[offset + 9] ?? 0;
    } else if (marker === START_OF_SCAN) {
      return 0;
    } else {
      offset += 2 + ((bytes[offset + 2] ?? 0) << 8) + (bytes[offset + 3] ?? 0);
    }
  }
  return 0;
}

/** SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which share their range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
}
