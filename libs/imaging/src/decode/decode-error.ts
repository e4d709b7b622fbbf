import { PermanentError } from '@cullstream/contracts';
import { isTruncated } from './is-truncated.js';
import type { ImageFormat } from './image-format.js';
import { MAX_IMAGE_PIXELS } from './sharp-options.js';

/** What an error of sharp says of the image. */
export function toDecodeError(
  cause: unknown,
  bytes: Uint8Array,
  format: ImageFormat,
): PermanentError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/exceeds pixel limit/i.test(message)) {
    return new PermanentError(
      'image-too-large',
      `the ${format} image has more than ${MAX_IMAGE_PIXELS} pixels; scale it down`,
      { cause },
    );
  }
  if (/premature end/i.test(message) || isTruncated(bytes, format)) {
    return new PermanentError(
      'image-truncated',
      `the ${format} image ends too early (${message}); copy it anew`,
      { cause },
    );
  }
  return new PermanentError(
    'image-undecodable',
    `the ${format} image cannot be decoded (${message}); copy it anew`,
    { cause },
  );
}
