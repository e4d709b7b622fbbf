import { PermanentError } from '@cullstream/contracts';

const FIRST_CHUNK = 12;
const EXTENDED_HEADER_BYTES = 10;

/**
 * Refuses a WebP whose extended header has another size than the one that exists, as Pillow does. sharp would
 * search for pixels behind it.
 * @throws {PermanentError} `image-undecodable`
 */
export function requireWebpHeader(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < FIRST_CHUNK + 8) return;
  const isExtended = view.getUint32(FIRST_CHUNK) === 0x56_50_38_58;
  if (isExtended && view.getUint32(FIRST_CHUNK + 4, true) !== EXTENDED_HEADER_BYTES) {
    throw new PermanentError('image-undecodable', 'the webp image cannot be decoded; copy it anew');
  }
}
