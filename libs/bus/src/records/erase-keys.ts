import type { Bus } from '../connection/bus.js';

/**
 * Removes the entries of keys from a bucket, and the markers of keys that were deleted: deleting or purging a key
 * through the key-value store leaves a marker for each, for ever.
 *
 * @param keys as the server knows them: subject tokens, the last of which may be `>` or `*`
 */
export async function eraseKeys(
  { manager }: Pick<Bus, 'manager'>,
  bucketName: string,
  keys: string,
): Promise<void> {
  await manager.streams.purge(`KV_${bucketName}`, { filter: `$KV.${bucketName}.${keys}` });
}
