import { ConfigurationError } from './failure.js';

/** A place in a bucket of S3-compatible storage: `s3://bucket` or `s3://bucket/prefix`. */
export interface BucketAddress {
  readonly bucket: string;
  /** What the keys of all objects there begin with: empty, or ending with `/`. */
  readonly prefix: string;
}

const SCHEME = /^s3:\/\//i;
/** Names of buckets, also those of before 2018: letters, digits, `.`, `_`, `-`. */
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/;

/** Whether a place is an address of a bucket, and not a folder. */
export function isBucketAddress(place: string): boolean {
  return SCHEME.test(place);
}

/**
 * @param place an address for which {@link isBucketAddress} holds
 * @param setting the setting that it is the value of
 * @throws {ConfigurationError} without the address, which may contain credentials by mistake
 */
export function toBucketAddress(
  place: string,
  setting: 'originals' | 'vectors' = 'originals',
): BucketAddress {
  const [bucket = '', ...parts] = place.replace(SCHEME, '').split('/');
  if (!BUCKET.test(bucket)) {
    throw new ConfigurationError([
      `‹${setting}›: the name of the bucket is not valid: an address is s3://bucket or s3://bucket/prefix, ` +
        'without credentials, host or port',
    ]);
  }
  const prefix = parts.join('/').replace(/^\/+|\/+$/g, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}
