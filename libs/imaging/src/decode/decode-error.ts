import { PermanentError } from '@cullstream/contracts';
import { isTruncated } from './is-truncated.js';
import type { ImageFormat } from './image-format.js';
import { MAX_IMAGE_PIXELS } from './sharp-options.js';

/**
 * The failure of an image for an error of sharp. The decoder's message is only in the cause: images that are
 * decoded at the same time share it, so it would not always be the same for the same image.
 */
export function toDecodeError(
  cause: unknown,
  bytes: Uint8Array,
  format: ImageFormat,
): PermanentError {
  if (cause instanceof PermanentError) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/exceeds pixel limit/i.test(message)) {
    return new PermanentError(
      'image-too-large',
      `the ${format} image has more than ${MAX_IMAGE_PIXELS} pixels; scale it down`,
      { cause },
    );
  }
  if (isTruncated(bytes, format)) {
    return new PermanentError(
      'image-truncated',
      `the ${format} image ends too early; copy it anew`,
      { cause },
    );
  }
  return new PermanentError(
    'image-undecodable',
    `the ${format} image cannot be decoded; copy it anew`,
    { cause },
  );
}
