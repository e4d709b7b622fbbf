import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@cullstream/files';

/** Small pictures in a folder, up to a number of bytes; those that were not asked for longest go first. */
export interface ThumbnailCache {
  read(key: string): Promise<Buffer | undefined>;
  /** Stores a picture. Where that fails, nothing is stored. */
  write(key: string, picture: Buffer): Promise<void>;
}

/** Below the limit by this share, so that not every picture that comes makes others go. */
const SHARE_KEPT = 0.9;

/**
 * @param folder may be deleted at any time
 * @param maxBytes of all pictures in it, whoever wrote them
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
        // A full disk, or a folder that may not be written: the picture is made again when it is wanted.
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

/** Removes those that were not asked for longest. @returns the bytes that are left */
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
