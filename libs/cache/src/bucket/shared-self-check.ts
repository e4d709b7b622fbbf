import type { EmbeddingRecipe } from '@cullstream/contracts';
import { openWritableBucket } from '@cullstream/object-storage';
import {
  decodeSelfCheck,
  encodeSelfCheck,
  SELF_CHECK_FILE,
  type SelfCheck,
} from '../self-check-file.js';
import { toBucketFault } from './bucket-fault.js';
import { readSmallObject } from './read-small-object.js';

/** The self-check of all that put vectors of a recipe into a bucket. */
export interface SharedSelfCheck {
  /** Its address. */
  readonly path: string;
  /**
   * The self-check that the vectors there were begun with.
   * @param own is put there if there is none, or a damaged one
   * @throws {TransientError} where the bucket cannot be used now
   */
  readOr(own: SelfCheck): Promise<SelfCheck>;
}

/** @param address `s3://bucket/prefix` */
export function openSharedSelfCheck(address: string, recipe: EmbeddingRecipe): SharedSelfCheck {
  const bucket = openWritableBucket(address);
  const key = `${recipe.id}/${SELF_CHECK_FILE}`;
  const path = `${address}/${key}`;
  const read = async () => {
    const text = await readSmallObject(bucket, key);
    return text === undefined
      ? 'nothing'
      : (decodeSelfCheck(text, recipe.id) ?? ('damaged' as const));
  };
  return {
    path,
    async readOr(own) {
      try {
        const found = await read();
        if (found !== 'nothing' && found !== 'damaged') return found;
        const bytes = Buffer.from(encodeSelfCheck(recipe.id, own));
        if (found === 'damaged') await bucket.put(key, bytes);
        else await bucket.putOnce(key, bytes);
        // Another process may have been first.
        const kept = await read();
        return typeof kept === 'object' ? kept : own;
      } catch (error) {
        throw toBucketFault(path, error);
      }
    },
  };
}
