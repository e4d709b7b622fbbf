import { isBucketAddress } from '@cullstream/contracts';
import { openBucketOriginals } from './bucket-originals.js';
import { openFolderOriginals } from './folder-originals.js';
import type { Originals, OriginalsOptions } from './originals.js';

/**
 * Opens a folder, or a place in a bucket: `s3://bucket/prefix`. Reads nothing yet.
 * @throws {ConfigurationError} for an address that is not valid
 */
export function openOriginals(place: string, options: OriginalsOptions = {}): Originals {
  return isBucketAddress(place)
    ? openBucketOriginals(place, options)
    : openFolderOriginals(place, options);
}
