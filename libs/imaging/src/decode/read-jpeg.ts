import { readJpegFrame, type JpegFrame } from './jpeg-frame.js';
import { requireFewScans } from './require-few-scans.js';
import { requireSoundEnd } from './require-sound-end.js';

/**
 * Reads all markers of a JPEG before anything is decoded.
 * @throws {PermanentError} `image-truncated`, `image-undecodable`, `image-too-large`
 */
export function readJpeg(bytes: Uint8Array): JpegFrame {
  const frame = readJpegFrame(bytes);
  if (frame.hasOneScan) requireSoundEnd(bytes, frame);
  else requireFewScans(bytes, frame);
  return frame;
}
