import { PermanentError } from '@cullstream/contracts';
import { isTruncated } from './is-truncated.js';
import type { ImageFormat } from './image-format.js';
import { MAX_IMAGE_PIXELS } from './sharp-options.js';

/**
 * What an error of sharp says of the image. The words of its decoder stay in the cause: images decoded at
 * the same time share them, so that the same image would not fail with the same words each time.
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
