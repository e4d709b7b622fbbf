import { listImages } from '@cullstream/catalog';
import type { ImageSource } from '@cullstream/contracts';
import { toBaseName } from '@cullstream/domain';
import { isImageName, isSavedImageName } from '@cullstream/imaging/archive';

/** A finished image. */
export interface FinalImage {
  /** Below the folder or in the archive of the project's finished images, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly source: ImageSource;
  /** When it was last modified: ISO 8601, UTC. */
  readonly time: string;
}

/**
 * The finished images of a project, by path, in whatever format: those that cannot be read are no rejections.
 * Reads no image.
 * @param source folder or archive below `finalsDir`
 * @throws Error when it is not there, or cannot be listed as a whole: what is not seen would count as rejected
 */
export async function listFinals(
  finalsDir: string,
  { project, source }: { readonly project: string; readonly source: string },
): Promise<FinalImage[]> {
  const place = { name: project, source };
  const { images, warnings } = await listImages(finalsDir, place, undefined, isSavedImageName);
  if (warnings.length > 0)
    throw new Error(`${warnings.join('; ')}; nothing was taken for rejected`);
  const readable = new Set(images.flatMap(({ name }) => (isReadable(name) ? [toStem(name)] : [])));
  return images
    .filter(({ name }) => isReadable(name) || !readable.has(toStem(name)))
    .map(({ name, source: image, modifiedMs }) => ({
      path: name,
      name: toBaseName(name),
      source: image,
      time: toTime(modifiedMs),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Beside such a one, the file of an editor is its source and no second finished image. */
function isReadable(path: string): boolean {
  return isImageName(path) || /\.(?:webp|jfif|jpe)$/i.test(path);
}

function toStem(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/** To the second, as the other times in databases. */
function toTime(modifiedMs: number): string {
  return new Date(modifiedMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
