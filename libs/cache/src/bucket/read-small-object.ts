import { StorageError, type Bucket } from '@cullstream/object-storage';

/** The text of a small object; undefined without one. @throws {StorageError} */
export async function readSmallObject(
  bucket: Pick<Bucket, 'head' | 'readWhole'>,
  key: string,
): Promise<string | undefined> {
  try {
    const { size } = await bucket.head(key);
    const bytes = await bucket.readWhole(key, size);
    return bytes?.toString('utf8');
  } catch (error) {
    if (error instanceof StorageError && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
