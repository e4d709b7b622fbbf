import type { Readable } from 'node:stream';
import { toBucketAddress } from '@cullstream/contracts';
import { ANSWER_WITHIN_MS } from '@cullstream/files';
import { createAttempt } from './attempt.js';
import { fillFromBodies, type OnFilled } from './fill-from-bodies.js';
import { toReplacedError } from './to-storage-error.js';
import { StorageError } from './storage-error.js';

/** An object as the storage describes it. */
export interface StoredObject {
  /** Its key below the address, with `/`. */
  readonly key: string;
  readonly size: number;
  /** Modification time in milliseconds since 1970. */
  readonly modifiedMs: number;
  /** Changes whenever its bytes change. */
  readonly etag: string;
}

/** What is directly below a place, or all that is anywhere below it. */
export interface StoredPage {
  readonly objects: readonly StoredObject[];
  /** Names that only appear before a `/`, ending with it, below the address. */
  readonly folders: readonly string[];
}

/** A place in a bucket, only for reading. All errors are of type {@link StorageError}. */
export interface Bucket {
  /**
   * Objects below `folder`, which is empty or ends with `/`, in pages of up to 1,000.
   * @param options.isDeep lists also what is in folders below; otherwise these are named
   * @param options.most the number of objects and folders after which it ends
   */
  list(
    folder: string,
    options: { readonly isDeep: boolean; readonly most?: number },
  ): AsyncGenerator<StoredPage, void, undefined>;
  head(key: string): Promise<StoredObject>;
  /**
   * Fills `target` with the bytes of an object from `position` on, in one request, or more if connections break.
   * @returns the number of bytes; less than requested only at the end of the object
   * @throws {StorageError} `ESTALE` if the object is not the one that was described
   */
  read(
    object: StoredObject,
    target: Buffer,
    position: number,
    onFilled?: OnFilled,
  ): Promise<number>;
  /**
   * All bytes of an object, in one request.
   * @returns undefined if it has another size
   */
  readWhole(key: string, size: number): Promise<Buffer | undefined>;
}

export interface BucketOptions {
  /** Time without any byte after which a request is given up. */
  readonly answerWithinMs?: number | undefined;
}

/** @throws {ConfigurationError} for an address that is not valid */
export function openBucket(
  place: string,
  { answerWithinMs = ANSWER_WITHIN_MS }: BucketOptions = {},
): Bucket {
  const { bucket, prefix } = toBucketAddress(place);
  const attempt = createAttempt(place, answerWithinMs);

  const get = (key: string, condition: { Range?: string; IfMatch?: string }) =>
    attempt(async ({ client, requests }, abortSignal) => {
      const command = new requests.GetObjectCommand({
        Bucket: bucket,
        Key: prefix + key,
        ...condition,
      });
      const answer = await client.send(command, { abortSignal });
      const { Body, ETag = '', ContentLength: length = 0, ContentRange: range } = answer;
      return { body: Body as Readable, etag: ETag, length, range };
    });

  /** Some servers ignore `If-Match`, and a few ignore ranges, so answers are compared with the request. */
  const getRange = async (key: string, etag: string, start: number, end: number) => {
    const answer = await get(key, { Range: `bytes=${start}-${end - 1}`, IfMatch: etag });
    if (answer.etag !== etag) throw refuse(answer.body, toReplacedError());
    if (answer.range?.startsWith(`bytes ${start}-`) === true) return answer.body;
    throw refuse(
      answer.body,
      new StorageError('EREMOTEIO', 'cannot be read: the storage ignores ranges'),
    );
  };

  return {
    async *list(folder, { isDeep, most = Infinity }) {
      let token: string | undefined;
      let found = 0;
      do {
        const page = await attempt(async ({ client, requests }, abortSignal) => {
          const command = new requests.ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix + folder,
            ...(isDeep ? {} : { Delimiter: '/' }),
            ...(most < 1000 ? { MaxKeys: most } : {}),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          });
          return client.send(command, { abortSignal });
        });
        const objects = (page.Contents ?? []).map(
          ({ Key = '', Size = 0, LastModified, ETag = '' }): StoredObject => ({
            key: Key.slice(prefix.length),
            size: Size,
            modifiedMs: LastModified?.getTime() ?? 0,
            etag: ETag,
          }),
        );
        const folders = (page.CommonPrefixes ?? []).map(({ Prefix = '' }) =>
          Prefix.slice(prefix.length),
        );
        yield { objects, folders };
        found += objects.length + folders.length;
        token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
      } while (token !== undefined && found < most);
    },

    head: (key) =>
      attempt(async ({ client, requests }, abortSignal) => {
        const command = new requests.HeadObjectCommand({ Bucket: bucket, Key: prefix + key });
        const head = await client.send(command, { abortSignal });
        const { ContentLength = 0, LastModified, ETag = '' } = head;
        return {
          key,
          size: ContentLength,
          modifiedMs: LastModified?.getTime() ?? 0,
          etag: ETag,
        };
      }),

    async read({ key, size, etag }, target, position, onFilled) {
      const wanted = target.subarray(0, Math.max(0, Math.min(target.length, size - position)));
      const end = position + wanted.length;
      await fillFromBodies(wanted, {
        request: (from) => getRange(key, etag, position + from, end),
        onFilled,
        answerWithinMs,
      });
      return wanted.length;
    },

    async readWhole(key, size) {
      const bytes = Buffer.allocUnsafeSlow(size);
      let etag: string | undefined;
      const request = async (from: number) => {
        if (etag !== undefined) return getRange(key, etag, from, size);
        const answer = await get(key, {});
        etag = answer.etag;
        if (answer.length !== size) {
          answer.body.destroy();
          throw new SizeError();
        }
        return answer.body;
      };
      try {
        // An empty object as well is asked for its size.
        if (size === 0) (await request(0)).destroy();
        else await fillFromBodies(bytes, { request, answerWithinMs });
        return bytes;
      } catch (error) {
        if (error instanceof SizeError) return undefined;
        throw error;
      }
    },
  };
}

/** The object has another size than was said. */
class SizeError extends Error {}

function refuse(body: Readable, error: StorageError): StorageError {
  body.destroy();
  return error;
}
