import { PermanentError } from '@cullstream/contracts';

/** The failure of an image that ends too early. */
export function toTruncatedPngError(): PermanentError {
  return new PermanentError('image-truncated', 'the png image ends too early; copy it anew');
}

/** @param what what is invalid, as the end of the sentence "the png image …" */
export function toInvalidPngError(what: string, options?: ErrorOptions): PermanentError {
  return new PermanentError('image-undecodable', `the png image ${what}; copy it anew`, options);
}
