import { PermanentError } from '@cullstream/contracts';

/** The frame header of a JPEG. */
export interface JpegFrame {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1 grey, 3 colour, 4 inks. */
  readonly components: number;
  /** End of the header of the first scan. */
  readonly scanAt: number;
  /** Whether the first scan holds the whole image. */
  readonly hasOneScan: boolean;
}
type FrameHeader = Omit<JpegFrame, 'scanAt' | 'hasOneScan'> & { readonly isProgressive: boolean };

/** Components of a JPEG for print: cyan, magenta, yellow and black. */
export const INKS = 4;

const MARKER = 0xff;
const FIRST_MARKER = 0xc0;
const JPEG_EXTENSION = 0xc8;
const START_OF_SCAN = 0xda;
const HIERARCHY = 0xde;
/** SOF0 to SOF15, without DHT (C4), JPG (C8) and DAC (CC), which share their range. */
const FRAME_MARKERS = new Set([
  ...[0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf, HIERARCHY],
]);
const PROGRESSIVE = new Set([0xc2, 0xc6, 0xca, 0xce]);
const FRAME_BYTES = 6;

/**
 * Reads markers as Pillow 9.4 and libjpeg do: between them there may be bytes that are no marker, fill bytes,
 * stuffed zeros and markers without content. The last frame header before the first scan is used.
 * @throws {PermanentError} `image-truncated`, `image-undecodable`
 */
export function readJpegFrame(bytes: Uint8Array): JpegFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: FrameHeader | undefined;
  let at = 2;
  while (at + 1 < bytes.length) {
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== MARKER || marker === MARKER) {
      at += 1;
    } else if (marker === 0 || isAlone(marker)) {
      at += 2;
    } else if (marker < FIRST_MARKER) {
      throw undecodable();
    } else {
      if (at + 4 > bytes.length) break;
      const end = at + 2 + Math.max(2, view.getUint16(at + 2));
      if (end > bytes.length) break;
      if (FRAME_MARKERS.has(marker)) frame = toFrame(view, at, end);
      if (marker === START_OF_SCAN) {
        if (frame === undefined) throw undecodable();
        const { isProgressive, ...rest } = frame;
        const hasOneScan = !isProgressive && bytes[at + 4] === frame.components;
        return { ...rest, scanAt: end, hasOneScan };
      }
      at = end;
    }
  }
  throw new PermanentError('image-truncated', 'the jpeg image ends too early; copy it anew');
}

/** Markers without content: restarts, start and end of an image, and unused extensions. */
function isAlone(marker: number): boolean {
  return (
    (marker >= 0xd0 && marker <= 0xd9) ||
    marker === JPEG_EXTENSION ||
    (marker >= 0xf0 && marker <= 0xfd)
  );
}

function toFrame(view: DataView, at: number, end: number): FrameHeader {
  const from = at + 4;
  if (from + FRAME_BYTES > end || view.getUint8(from) !== 8) throw undecodable();
  const components = view.getUint8(from + 5);
  if (![1, 3, INKS].includes(components)) throw undecodable();
  return {
    heightPx: view.getUint16(from + 1),
    widthPx: view.getUint16(from + 3),
    components,
    isProgressive: PROGRESSIVE.has(view.getUint8(at + 1)),
  };
}

/** The failure of a JPEG that cannot be decoded. */
export function undecodable(): PermanentError {
  return new PermanentError('image-undecodable', 'the jpeg image cannot be decoded; copy it anew');
}
