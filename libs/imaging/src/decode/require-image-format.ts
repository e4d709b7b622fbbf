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
