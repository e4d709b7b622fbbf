import { TransientError } from '@cullstream/contracts';
import {
  ObjectReader,
  openBucket,
  StorageError,
  type Bucket,
  type StoredObject,
} from '@cullstream/object-storage';
import { ArchiveError } from '../archive/archive-error.js';
import type { FolderFile } from '../archive/list-folder.js';
import { isSystemFolder } from '../archive/system-folder.js';
import { isPassingFault } from '../source/passing-fault.js';
import type { Originals, OriginalsEntry, OriginalsFacts, OriginalsOptions } from './originals.js';

const REMEDY =
  'check the address (‹originals›), and the endpoint, region and credentials of the storage';

/**
 * Originals in a bucket: archives and images are objects, and what their keys have before a `/` are folders.
 * Calls throw a `StorageError`. Nothing is ever written.
 */
export function openBucketOriginals(place: string, options: OriginalsOptions): Originals {
  const bucket = openBucket(place, options);
  const reader = new ObjectReader(bucket);
  const base = place.replace(/\/+$/, '');
  const toText = (path: string) => (path === '' ? base : `${base}/${path}`);

  return {
    place,
    remedy: REMEDY,
    async check() {
      await look(bucket, '');
    },
    describe: (error) => {
      const problem = error instanceof StorageError ? error.problem : 'cannot be read';
      return `${base} ${problem}; ${REMEDY}`;
    },
    toText,
    list: (folder) => list(bucket, folder),
    look: (path) => look(bucket, path),
    async listFiles(folder) {
      try {
        return { files: await listFiles(bucket, folder), unreadable: [] };
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        if (isPassingFault(cause)) {
          throw new TransientError(`${toText(folder)}: ${reason}`, { cause });
        }
        throw new ArchiveError(toText(folder), reason, { cause });
      }
    },
    async open(path) {
      const object = await bucket.head(path);
      return {
        size: object.size,
        read: (target, position) => reader.read(object, target, position),
        close: () => Promise.resolve(),
      };
    },
    readWhole: (path, size) => bucket.readWhole(path, size),
    resolve: (path) => Promise.resolve(toText(path)),
  };
}

async function list(bucket: Bucket, folder: string): Promise<OriginalsEntry[]> {
  const below = toPrefix(folder);
  const entries: OriginalsEntry[] = [];
  for await (const page of bucket.list(below, { isDeep: false })) {
    const folders = page.folders.map((key) => toEntry(key.slice(below.length, -1), 'folder'));
    const files = page.objects.map(({ key }) => toEntry(key.slice(below.length), 'file'));
    // An object of the folder's own name is a mark that there is a folder.
    entries.push(...[...folders, ...files].filter(({ name }) => name !== ''));
  }
  return entries;
}

function toEntry(name: string, kind: 'folder' | 'file'): OriginalsEntry {
  return { name, kind, follow: () => Promise.resolve(kind) };
}

async function look(bucket: Bucket, path: string): Promise<OriginalsFacts> {
  if (path !== '') {
    try {
      return toFacts(await bucket.head(path));
    } catch (error) {
      if (!(error instanceof StorageError) || error.code !== 'ENOENT') throw error;
    }
  }
  for await (const { objects, folders } of bucket.list(toPrefix(path), { isDeep: true, most: 1 })) {
    // A bucket is there even if nothing is in it.
    if (objects.length + folders.length > 0) break;
    if (path !== '') throw new StorageError('ENOENT', 'is not there');
  }
  return { kind: 'folder', size: 0, modifiedMs: 0, version: '' };
}

function toFacts({ size, modifiedMs, etag }: StoredObject): OriginalsFacts {
  return { kind: 'file', size, modifiedMs, version: etag };
}

async function listFiles(bucket: Bucket, folder: string): Promise<FolderFile[]> {
  const below = toPrefix(folder);
  const files: FolderFile[] = [];
  for await (const { objects } of bucket.list(below, { isDeep: true })) {
    for (const { key, size, modifiedMs } of objects) {
      const name = key.slice(below.length);
      const folders = name.split('/').slice(0, -1);
      if (name === '' || name.endsWith('/') || folders.some(isSystemFolder)) continue;
      files.push({ name, size, modifiedMs });
    }
  }
  if (files.length === 0) await look(bucket, folder);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function toPrefix(folder: string): string {
  return folder === '' || folder.endsWith('/') ? folder : `${folder}/`;
}
