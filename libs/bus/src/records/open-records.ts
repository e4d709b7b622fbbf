import { toSubjectToken } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { isOutdated } from '../topology/api-errors.js';
import { eraseKeys } from './erase-keys.js';
import { isPart, listKeys } from './record-keys.js';
import { openBucket } from './open-bucket.js';

/** What a schema has to offer: zod's do. */
export interface RecordSchema<T> {
  parse(value: unknown): T;
}

/** JSON values by key, each checked against a schema when written and when read. */
export interface Records<T> {
  get(key: string): Promise<T | undefined>;
  put(key: string, value: T): Promise<void>;
  /**
   * Replaces a record by what `change` makes of it. Where somebody else wrote meanwhile, `change` is
   * asked again, so nobody's change is lost.
   * @returns the record as it is now; undefined where there is none, and none is made
   */
  update(key: string, change: (current: T) => T): Promise<T | undefined>;
  /** Every record, by key. Documents beside them are none. */
  list(): Promise<ReadonlyMap<string, T>>;
  delete(key: string): Promise<void>;
}

/** The bucket of run records, by run id. */
export const RUN_RECORDS = 'cull_runs';

/** Opens a bucket of the key-value store, and makes it where it is missing. Keys may be any text. */
export async function openRecords<T>(
  bus: Bus,
  bucketName: string,
  schema: RecordSchema<T>,
): Promise<Records<T>> {
  const bucket = await openBucket(bus, bucketName);

  function parse(key: string, value: unknown): T {
    try {
      return schema.parse(value);
    } catch (cause) {
      throw new Error(`record ${key} of bucket ${bucketName} is not as expected`, { cause });
    }
  }

  async function get(key: string): Promise<T | undefined> {
    const entry = await bucket.get(toSubjectToken(key));
    return entry?.operation === 'PUT' ? parse(key, entry.json()) : undefined;
  }

  return {
    get,
    async put(key, value) {
      await bucket.put(toSubjectToken(key), JSON.stringify(parse(key, value)));
    },
    async update(key, change) {
      for (;;) {
        const token = toSubjectToken(key);
        const entry = await bucket.get(token);
        if (entry?.operation !== 'PUT') return undefined;
        const next = parse(key, change(parse(key, entry.json())));
        try {
          await bucket.update(token, JSON.stringify(next), entry.revision);
          return next;
        } catch (error) {
          if (!isOutdated(error)) throw error;
        }
      }
    },
    async list() {
      const keys = await listKeys(bus, bucketName);
      const records = new Map<string, T>();
      for (const key of keys.filter((each) => !isPart(each)).sort()) {
        const record = await get(key);
        if (record !== undefined) records.set(key, record);
      }
      return records;
    },
    delete: (key) => eraseKeys(bus, bucketName, toSubjectToken(key)),
  };
}
