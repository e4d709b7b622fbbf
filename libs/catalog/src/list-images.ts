import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageSource } from '@cullstream/contracts';
import { isImageName, listArchive, listFolder } from '@cullstream/imaging/archive';
import type { ProjectSource } from './find-projects.js';

export interface SourceImage {
  /** Name of the entry in the archive, or path inside the folder. */
  readonly name: string;
  readonly source: ImageSource;
}

/** The images of a project's source in the order the source has them. Reads no image. */
export async function listImages(
  originalsDir: string,
  project: ProjectSource,
): Promise<SourceImage[]> {
  const path = join(originalsDir, project.source);
  const facts = await stat(path).catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${project.source} cannot be read below ${originalsDir}: ${reason}; check the name, or the inventory`,
      { cause },
    );
  });
  return facts.isDirectory()
    ? folderImages(path, project.source)
    : archiveImages(path, project.source);
}

async function archiveImages(path: string, archive: string): Promise<SourceImage[]> {
  const images: SourceImage[] = [];
  for await (const entry of listArchive(path)) {
    if (!isImageName(entry.name)) continue;
    images.push({
      name: entry.name,
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

async function folderImages(path: string, folder: string): Promise<SourceImage[]> {
  const images: SourceImage[] = [];
  for await (const { name, size, modifiedMs } of listFolder(path)) {
    if (!isImageName(name)) continue;
    images.push({ name, source: { kind: 'file', path: `${folder}/${name}`, size, modifiedMs } });
  }
  return images;
}
