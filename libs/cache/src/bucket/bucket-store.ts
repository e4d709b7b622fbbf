import { endianness } from 'node:os';
import { EMBEDDING_LENGTH } from '@cullstream/contracts';
import {
  isReplaced,
  ObjectReader,
  StorageError,
  type Bucket,
  type StoredObject,
} from '@cullstream/object-storage';
import type { IndexedVector } from '../cache-index.js';
import { checkRow, listPackedVectors } from '../packed/packed-store.js';
import { isSegmentName } from '../packed/segment-names.js';
import { ROW_BYTES } from '../packed/segment-reader.js';
import type { CheckedVector } from '../vector-folder.js';
import type { VectorStore } from '../vector-store.js';
import { toBucketFault } from './bucket-fault.js';
import type { SegmentMirror } from './segment-mirror.js';

/**
 * The vectors of a recipe in the segments of a bucket. Neighbours that are read one after another are
 * requested together.
 * @param place address of the recipe's segments, for people
 */
export function createBucketStore(
  bucket: Bucket,
  { place, recipeId }: { readonly place: string; readonly recipeId: string },
  mirror: SegmentMirror,
): VectorStore {
  const reader = new ObjectReader(bucket);
  const objects = new Map<string, StoredObject>();
  /** The last part of the path: lines name a segment by where it was written. */
  const toName = (known: IndexedVector | undefined) => {
    const name = known?.place?.file.split('/').at(-1);
    return name !== undefined && isSegmentName(name) ? name : undefined;
  };

  /** Undefined where the object ends before the row. */
  const readRow = async (object: StoredObject, row: number) => {
    const vector = new Float32Array(EMBEDDING_LENGTH);
    const bytes = Buffer.from(vector.buffer);
    if ((await reader.read(object, bytes, row * ROW_BYTES)) < ROW_BYTES) return undefined;
    if (endianness() === 'BE') bytes.swap32();
    return vector;
  };

  /** Segments grow: one that is too short or was replaced is looked at again. */
  const findRow = async (name: string, row: number) => {
    const known = objects.get(name) ?? mirror.objectOf(name);
    if (known !== undefined) {
      try {
        const vector = await readRow(known, row);
        if (vector !== undefined) return vector;
      } catch (error) {
        if (!isReplaced(error)) throw error;
      }
    }
    const now = await bucket.head(`${recipeId}/${name}`);
    objects.set(name, now);
    return now.etag === known?.etag ? undefined : readRow(now, row);
  };

  return {
    path: place,
    async read(_sha256, known): Promise<CheckedVector> {
      const name = toName(known);
      if (known?.place === undefined || name === undefined) return { state: 'absent' };
      const { row } = known.place;
      try {
        return checkRow(await findRow(name, row), row, known.vectorCrc32);
      } catch (error) {
        if (error instanceof StorageError && error.code === 'ENOENT') return { state: 'absent' };
        throw toBucketFault(`${place}/${name}`, error);
      }
    },
    toPath: (_sha256, known) => `${place}/${toName(known) ?? ''}`,
    list: () => listPackedVectors(mirror.folder, recipeId),
    // The new vector is written elsewhere.
    setAside: () => undefined,
  };
}
