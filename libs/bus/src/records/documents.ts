import { toSubjectToken } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { maxMessageBytes } from '../publish/payload-limits.js';
import { eraseKeys } from './erase-keys.js';
import { isPart, listKeys, PART_SEPARATOR } from './record-keys.js';
import { openBucket } from './open-bucket.js';

/** Large enough that few are needed, small enough for the memory of a server. */
const MAX_PART_BYTES = 256 * 1024;

/** Documents of any size in a bucket, each kept in as many parts as the broker's messages make of it. */
export interface Documents {
  /** @returns the number of parts */
  put(name: string, bytes: Uint8Array): Promise<number>;
  /** Undefined where a part is missing: it was deleted meanwhile. */
  read(name: string, parts: number): Promise<Buffer | undefined>;
  /** Deletes every document whose name begins so, but one. */
  deleteAll(prefix: string, except?: string): Promise<void>;
}

export async function openDocuments(bus: Bus, bucketName: string): Promise<Documents> {
  const bucket = await openBucket(bus, bucketName);
  const toToken = (name: string, part: number) => toSubjectToken(`${name}${PART_SEPARATOR}${part}`);
  return {
    async put(name, bytes) {
      const size = Math.min(MAX_PART_BYTES, maxMessageBytes(bus));
      let parts = 0;
      for (let start = 0; start < bytes.length; start += size) {
        await bucket.put(toToken(name, parts), bytes.subarray(start, start + size));
        parts += 1;
      }
      return parts;
    },
    async read(name, parts) {
      const chunks: Uint8Array[] = [];
      for (let part = 0; part < parts; part++) {
        const entry = await bucket.get(toToken(name, part));
        if (entry?.operation !== 'PUT') return undefined;
        chunks.push(entry.value);
      }
      return Buffer.concat(chunks);
    },
    async deleteAll(prefix, except) {
      for (const key of await listKeys(bus, bucketName)) {
        const isKept = except !== undefined && key.startsWith(`${except}${PART_SEPARATOR}`);
        if (!isPart(key) || !key.startsWith(prefix) || isKept) continue;
        await eraseKeys(bus, bucketName, toSubjectToken(key));
      }
    },
  };
}
