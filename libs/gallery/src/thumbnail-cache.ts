import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@cullstream/files';

/**
 * Thumbnails in a folder with a size limit. The ones that were not requested for the longest time
 * are deleted first.
 */
export interface ThumbnailCache {
  read(key: string): Promise<Buffer | undefined>;
  /** Stores a picture. If that fails, the cache stays without it. */
  write(key: string, picture: Buffer): Promise<void>;
}

/** Deleting goes below the limit by this share, so that not every new picture causes deletions. */
const SHARE_KEPT = 0.9;

/**
 * Opens the cache.
 * @param folder may be deleted at any time
 * @param maxBytes limit of all pictures in the folder, including those of other processes
 */
export function openThumbnailCache(folder: string, maxBytes: number): ThumbnailCache {
  let total: number | undefined;
  const toPath = (key: string) => join(folder, `${key}.jpg`);
  return {
    async read(key) {
      try {
        const picture = await readFile(toPath(key));
        const now = new Date();
        await utimes(toPath(key), now, now);
        return picture;
      } catch {
        return undefined;
      }
    },
    async write(key, picture) {
      try {
        await mkdir(folder, { recursive: true });
        await writeFileAtomic(toPath(key), picture);
        total = (total ?? (await measure(folder))) + picture.length;
        if (total > maxBytes) total = await shrink(folder, maxBytes * SHARE_KEPT);
      } catch {
        // The disk is full or the folder is not writable. The picture is made again at the next
        // request.
        total = undefined;
      }
    },
  };
}

interface CachedFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedMs: number;
}

async function measure(folder: string): Promise<number> {
  return (await list(folder)).reduce((sum, { bytes }) => sum + bytes, 0);
}

/**
 * Deletes the pictures that were not requested for the longest time.
 * @returns the bytes that remain
 */
async function shrink(folder: string, maxBytes: number): Promise<number> {
  const files = (await list(folder)).sort((a, b) => a.usedMs - b.usedMs);
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { path, bytes } of files) {
    if (total <= maxBytes) break;
    await rm(path, { force: true });
    total -= bytes;
  }
  return total;
}

async function list(folder: string): Promise<CachedFile[]> {
  const files: CachedFile[] = [];
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined) files.push({ path, bytes: found.size, usedMs: found.mtimeMs });
  }
  return files;
}
