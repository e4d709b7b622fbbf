import { mkdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeFileAtomicSync } from '@cullstream/files';
import { StorageError, type Bucket, type StoredObject } from '@cullstream/object-storage';
import type { CacheLog } from '../cache-log.js';
import { sizeOfFile } from '../index-file.js';
import { isSegmentName, listSegmentLogs, LOG_ENDING } from '../packed/segment-names.js';

/** Segments are put whole, and their lines read whole. Those of before there was a bucket may have any size. */
export const MOST_SEGMENT_BYTES = 64 * 1024 * 1024;
const DOWNLOADS_AT_ONCE = 8;
const LINE_FEED = 0x0a;

/**
 * A local copy of the files of lines of a recipe in a bucket, so that a look-up asks nobody. Processes may
 * share it: files replace each other at once, and what is in them only grows. It may be deleted.
 */
export class SegmentMirror {
  readonly folder: string;
  readonly #bucket: Bucket;
  readonly #recipeId: string;
  readonly #log: CacheLog;
  #objects: ReadonlyMap<string, StoredObject> = new Map();

  /** @param folder is made */
  constructor(bucket: Bucket, recipeId: string, folder: string, log: CacheLog) {
    this.#bucket = bucket;
    this.#recipeId = recipeId;
    this.folder = folder;
    this.#log = log;
    mkdirSync(folder, { recursive: true });
  }

  /** The object of a file of a segment when it was last listed. */
  objectOf(name: string): StoredObject | undefined {
    return this.#objects.get(name);
  }

  /**
   * Lists the segments, and reads the lines that are new.
   * @param isFresh reads all lines again, for those here may not be as those there are now
   * @throws {StorageError | Error}
   */
  async sync(isFresh = false): Promise<void> {
    const objects = new Map<string, StoredObject>();
    const list = this.#bucket.list(`${this.#recipeId}/`, { isDeep: true });
    for await (const page of list) {
      for (const object of page.objects) {
        const name = object.key.slice(this.#recipeId.length + 1);
        if (isSegmentName(name) && object.size <= MOST_SEGMENT_BYTES) objects.set(name, object);
      }
    }
    this.#objects = objects;
    for (const log of listSegmentLogs(this.folder)) {
      if (!objects.has(basename(log))) rmSync(log, { force: true });
    }
    const wanted = [...objects].filter(
      ([name, { size }]) =>
        name.endsWith(LOG_ENDING) && (isFresh || sizeOfFile(join(this.folder, name)) !== size),
    );
    const download = async () => {
      for (let next; (next = wanted.pop()) !== undefined;) await this.#download(...next);
    };
    await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, download));
  }

  async #download(name: string, { key, size }: StoredObject): Promise<void> {
    try {
      const bytes = await this.#bucket.readWhole(key, size);
      // One that has grown since it was listed is read the next time.
      if (bytes === undefined) return;
      writeFileAtomicSync(join(this.folder, name), bytes);
      if (bytes.at(-1) === LINE_FEED) return;
      this.#log.warn(
        { file: key },
        'a file of lines in the bucket is cut off: what the missing ones name is computed again',
      );
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'ENOENT') throw error;
    }
  }
}
