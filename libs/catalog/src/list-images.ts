import type { ImageSource } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import {
  describeReadFault,
  isImageName,
  listArchive,
  openOriginals,
  readableName,
  type FolderListing,
  type Originals,
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
 * @param originalsDir folder of the originals, or their address in a bucket
 * @param isWanted which names count as images
 * @throws Error if the source does not exist or cannot be listed
 */
export async function listImages(
  originalsDir: string,
  project: ProjectSource,
  answerWithinMs?: number,
  isWanted: (path: string) => boolean = isImageName,
): Promise<SourceListing> {
  const originals = openOriginals(originalsDir, { answerWithinMs });
  const { source } = project;
  const { kind } = await originals.look(source).catch((cause: unknown) => {
    if (isHungCall(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const problem = describeReadFault(cause) ?? `cannot be read (${reason}); check the disk`;
    throw new Error(`${readableName(source)} below ${originalsDir} ${problem}`, { cause });
  });
  if (kind === 'folder') return folderImages(originals, source, isWanted);
  return { images: await archiveImages(originals, source, isWanted), warnings: [] };
}

async function archiveImages(
  originals: Originals,
  archive: string,
  isWanted: (path: string) => boolean,
): Promise<ListedImage[]> {
  const images: ListedImage[] = [];
  for await (const entry of listArchive(originals, archive)) {
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
  originals: Originals,
  folder: string,
  isWanted: (path: string) => boolean,
): Promise<SourceListing> {
  const { files, unreadable } = await originals.listFiles(folder);
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
