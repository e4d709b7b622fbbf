import { PermanentError } from '@cullstream/contracts';

/** What an image is called that stops before it is whole. */
export function toTruncatedPngError(): PermanentError {
  return new PermanentError('image-truncated', 'the png image ends too early; copy it anew');
}

/** @param what it has that no reader understands */
export function toInvalidPngError(what: string, options?: ErrorOptions): PermanentError {
  return new PermanentError('image-undecodable', `the png image ${what}; copy it anew`, options);
}
