import { listImages } from '@cullstream/catalog';
import type { ImageSource } from '@cullstream/contracts';
import { toBaseName } from '@cullstream/domain';
import { isImageName, isSavedImageName } from '@cullstream/imaging/archive';

/** A finished image. */
export interface FinalImage {
  /** Path below the folder or in the archive of the project's finished images, with `/`. */
  readonly path: string;
  readonly name: string;
  readonly source: ImageSource;
  /** When it was last modified: ISO 8601, UTC. */
  readonly time: string;
}

/**
 * The finished images of a project, sorted by path. Images in formats that cannot be read are included:
 * otherwise their groups would count as rejected. Reads no image.
 * @param source folder or archive below `finalsDir`
 * @throws Error if it does not exist or cannot be listed completely, for the same reason
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

/** Whether a finished image can be read. An editor's file beside it, of the same name, is then left out. */
function isReadable(path: string): boolean {
  return isImageName(path) || /\.(?:webp|jfif|jpe)$/i.test(path);
}

function toStem(path: string): string {
  return path.replace(/\.[^./]+$/, '');
}

/** In whole seconds, like the other times in databases. */
function toTime(modifiedMs: number): string {
  return new Date(modifiedMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
