import { listImages } from '@cullstream/catalog';
import type { ImageSource } from '@cullstream/contracts';
import { toBaseName } from '@cullstream/domain';

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
 * The finished images of a project, by path. Reads no image.
 * @param source folder or archive below `finalsDir`
 * @throws Error when it is not there or cannot be listed
 */
export async function listFinals(
  finalsDir: string,
  { project, source }: { readonly project: string; readonly source: string },
): Promise<{ readonly finals: FinalImage[]; readonly warnings: readonly string[] }> {
  const { images, warnings } = await listImages(finalsDir, { name: project, source });
  const finals = images
    .map(({ name, source: image, modifiedMs }) => ({
      path: name,
      name: toBaseName(name),
      source: image,
      time: toTime(modifiedMs),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  return { finals, warnings };
}

/** To the second, as the other times in databases. */
function toTime(modifiedMs: number): string {
  return new Date(modifiedMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
