import { describe, expect, it } from 'vitest';
import { isBucketAddress, toBucketAddress } from './bucket-address.js';
import { ConfigurationError } from './failure.js';

describe('an address of a bucket', () => {
  it.each([
    ['s3://photos', { bucket: 'photos', prefix: '' }],
    ['s3://photos/', { bucket: 'photos', prefix: '' }],
    ['S3://photos/2025/summer', { bucket: 'photos', prefix: '2025/summer/' }],
    ['s3://my.photos//2025//', { bucket: 'my.photos', prefix: '2025/' }],
  ])('%s is read', (place, address) => {
    expect(isBucketAddress(place)).toBe(true);
    expect(toBucketAddress(place)).toEqual(address);
  });

  it.each(['s3://', 's3:///photos', 's3://KEY:hush@photos/a', 's3://host:9000/photos'])(
    '%s is refused, and the message repeats nothing of it',
    (place) => {
      const read = () => toBucketAddress(place);
      expect(read).toThrow(ConfigurationError);
      expect(read).not.toThrow(/hush|9000/);
    },
  );

  it.each(['/media/originals', 'originals', 's3:/photos', 'C:\\photos', './s3://x'])(
    '%s is a folder',
    (place) => {
      expect(isBucketAddress(place)).toBe(false);
    },
  );
});
