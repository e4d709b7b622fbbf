import { createHash } from 'node:crypto';
import { toBucketAddress } from '@cullstream/contracts';
import { ANSWER_WITHIN_MS } from '@cullstream/files';
import { createAttempt } from './attempt.js';
import { openBucket, type Bucket, type BucketOptions } from './bucket.js';
import { StorageError } from './storage-error.js';

/** A place in a bucket that objects may be put to. Nothing is ever deleted. */
export interface WritableBucket extends Bucket {
  /** Puts an object, in place of another one: readers get either. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Puts an object unless there is one. Storage that knows no conditions puts it in any case.
   * @returns whether it was put
   */
  putOnce(key: string, bytes: Uint8Array): Promise<boolean>;
}

/** @throws {ConfigurationError} for an address that is not valid */
export function openWritableBucket(place: string, options: BucketOptions = {}): WritableBucket {
  const { bucket, prefix } = toBucketAddress(place);
  const attempt = createAttempt(place, options.answerWithinMs ?? ANSWER_WITHIN_MS, 'write');

  const put = (key: string, bytes: Uint8Array, condition: { IfNoneMatch?: string }) =>
    attempt(async ({ client, requests }, abortSignal) => {
      const command = new requests.PutObjectCommand({
        Bucket: bucket,
        Key: prefix + key,
        Body: bytes,
        ContentLength: bytes.byteLength,
        ContentMD5: createHash('md5').update(bytes).digest('base64'),
        ...condition,
      });
      await client.send(command, { abortSignal });
    });

  return {
    ...openBucket(place, options),
    put: (key, bytes) => put(key, bytes, {}),
    async putOnce(key, bytes) {
      try {
        await put(key, bytes, { IfNoneMatch: '*' });
        return true;
      } catch (error) {
        const code = error instanceof StorageError ? error.code : '';
        if (code === 'ESTALE' || code === 'EEXIST') return false;
        if (code !== 'ENOSYS') throw error;
      }
      await put(key, bytes, {});
      return true;
    },
  };
}
