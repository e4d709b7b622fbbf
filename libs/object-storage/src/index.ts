export { openBucket, type Bucket, type BucketOptions, type StoredObject } from './bucket.js';
export { forgetClient } from './load-client.js';
export { ObjectReader } from './object-reader.js';
export { StorageError } from './storage-error.js';
export { isReplaced } from './to-storage-error.js';
export { openWritableBucket, type WritableBucket } from './writable-bucket.js';
