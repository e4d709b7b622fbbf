import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource } from '@cullstream/contracts';
import { isHungCall, withinTime } from '@cullstream/files';
import {
  describeReadFault,
  isImageName,
  listArchive,
  listFolder,
  readableName,
  toDiskPath,
  type FolderListing,
} from '@cullstream/imaging/archive';
import type { ProjectSource } from './find-projects.js';

export interface SourceImage {
  /** Name of the entry in the archive, or path inside the folder, for people. */
  readonly name: string;
  readonly source: ImageSource;
}

/** An image as its source describes it. */
export interface ListedImage extends SourceImage {
  /** When it was last modified, in milliseconds since 1970. */
  readonly modifiedMs: number;
}

export interface SourceListing {
  /** In the order of the source. */
  readonly images: readonly ListedImage[];
  /** What could not be read, for people. */
  readonly warnings: readonly string[];
}

/**
 * The images of a project's source. Reads no image.
 * @param isWanted which names count as images
 * @throws Error if the source does not exist or cannot be listed
 */
export async function listImages(
  originalsDir: string,
  project: ProjectSource,
  answerWithinMs?: number,
  isWanted: (path: string) => boolean = isImageName,
): Promise<SourceListing> {
  const path = join(originalsDir, project.source);
  const looking = withinTime(stat(toDiskPath(path)), path, answerWithinMs);
  const facts = await looking.catch((cause: unknown) => {
    if (isHungCall(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = describeReadFault(cause) ?? `cannot be read (${reason}); check the disk`;
    throw new Error(`${readableName(project.source)} below ${originalsDir} ${problem}`, { cause });
  });
  if (facts.isDirectory()) return folderImages(path, project.source, isWanted, answerWithinMs);
  const images = await archiveImages(path, project.source, isWanted, answerWithinMs);
  return { images, warnings: [] };
}

async function archiveImages(
  path: string,
  archive: string,
  isWanted: (path: string) => boolean,
  answerWithinMs?: number,
): Promise<ListedImage[]> {
  const images: ListedImage[] = [];
  for await (const entry of listArchive(path, answerWithinMs)) {
    if (!isWanted(entry.name)) continue;
    images.push({
      name: entry.name,
      modifiedMs: entry.modifiedMs,
      source: {
        kind: 'zip-entry',
        archive,
        entryIndex: entry.index,
        localHeaderOffset: entry.localHeaderOffset,
        method: entry.method,
        encrypted: entry.encrypted,
        compressedSize: entry.compressedSize,
        size: entry.size,
        crc32: entry.crc32,
      },
    });
  }
  return images;
}

async function folderImages(
  path: string,
  folder: string,
  isWanted: (path: string) => boolean,
  answerWithinMs?: number,
): Promise<SourceListing> {
  const { files, unreadable } = await listFolder(path, answerWithinMs);
  const images = files
    .filter(({ name }) => isWanted(name))
    .map(({ name, size, modifiedMs }): ListedImage => ({
      name: readableName(name),
      modifiedMs,
      source: { kind: 'file', path: `${folder}/${name}`, size, modifiedMs },
    }));
  return { images, warnings: toWarnings(unreadable) };
}

const EXAMPLES = 3;

function toWarnings(unreadable: FolderListing['unreadable']): string[] {
  if (unreadable.length === 0) return [];
  const examples = unreadable
    .slice(0, EXAMPLES)
    .map(({ name, code }) => `${readableName(name)} (${code})`)
    .join(', ');
  return [
    `folders that cannot be read, and whose images are left out: ${unreadable.length}: ${examples}; check their permissions`,
  ];
}
