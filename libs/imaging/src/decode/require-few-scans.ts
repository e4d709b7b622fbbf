import { PermanentError } from '@cullstream/contracts';
import { undecodable, type JpegFrame } from './jpeg-frame.js';

const MARKER = 0xff;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
/** Encoders make about ten scans. With more than this, `MAX_SCANNED_PIXELS` applies. */
const MAX_SCANS_OF_ANY_SIZE = 64;
/** Most pixels of all scans together. At twelve megapixels that is 833 scans: 2 s if they are almost empty. */
const MAX_SCANNED_PIXELS = 10_000_000_000;
/** DHT, DAC, DQT, DRI, SOS, DNL, COM: the segments that may be between scans, in addition to APPn. */
const SEGMENTS = new Set([0xc4, 0xcc, 0xda, 0xdb, 0xdc, 0xdd, 0xfe]);

/**
 * Refuses JPEGs with too many scans: each scan covers the whole image, even if it has only few bytes, so a
 * small file may take hours. Also refuses markers behind the first scan that libjpeg refuses at the end.
 * @throws {PermanentError} `image-too-large`, `image-undecodable`
 */
export function requireFewScans(bytes: Uint8Array, frame: JpegFrame): void {
  const pixels = frame.widthPx * frame.heightPx;
  const maxScans = Math.max(MAX_SCANS_OF_ANY_SIZE, Math.floor(MAX_SCANNED_PIXELS / pixels));
  const scans = countScans(bytes, frame.scanAt);
  if (scans > maxScans) {
    throw new PermanentError(
      'image-too-large',
      `the jpeg image has ${scans} scans where ${maxScans} are allowed for its size; save it anew`,
    );
  }
}

/** Scans up to the end marker. */
function countScans(bytes: Uint8Array, from: number): number {
  let scans = 1;
  let at = bytes.indexOf(MARKER, from);
  while (at >= 0 && at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (marker === END_OF_IMAGE) break;
    if (marker === MARKER) at += 1;
    else if (isAlone(marker)) at = bytes.indexOf(MARKER, at + 2);
    else if (SEGMENTS.has(marker) || (marker & 0xf0) === 0xe0) {
      if (marker === START_OF_SCAN) scans += 1;
      const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      at = bytes.indexOf(MARKER, at + 2 + Math.max(2, length));
    } else throw undecodable();
  }
  return scans;
}

/** Whether the code stands for a byte of 255 in the data, TEM, or a restart. */
function isAlone(marker: number): boolean {
  return marker <= 1 || (marker >= 0xd0 && marker <= 0xd7);
}
