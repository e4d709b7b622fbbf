import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { PermanentError, type ImageSource } from '@cullstream/contracts';
import { withinTime } from '@cullstream/files';
import { toDiskPath } from '../archive/path-text.js';
import { resolveBelow } from './resolve-below.js';

export interface NamedSource {
  /** Path below the source of the project. */
  readonly image: string;
  readonly source: ImageSource;
}

/**
 * Refuses to show a file outside of the originals and the project to which a link within a project leads. A
 * link to a whole source was made by the owner of the originals. A link within it came with the project and
 * may lead to any file.
 * @throws {PermanentError} `unreadable-entry`
 */
export async function refuseLinkOutside(
  originalsDir: string,
  { image, source }: NamedSource,
): Promise<void> {
  if (source.kind !== 'file') return;
  const path = resolveBelow(originalsDir, source.path);
  const real = await findReal(path);
  // Reading it later reports that it is gone.
  if (real === undefined) return;
  const folders = [originalsDir, join(originalsDir, toSourceFolder(source.path, image))];
  for (const folder of folders) {
    const inside = await findReal(folder);
    if (inside !== undefined && real.startsWith(inside.endsWith(sep) ? inside : inside + sep))
      return;
  }
  throw new PermanentError(
    'unreadable-entry',
    `${source.path}: is a link to a file outside of the originals, which is not shown; put a copy there`,
  );
}

/** Names that are not valid text differ in `image`: then only the first folder counts as the source. */
function toSourceFolder(path: string, image: string): string {
  const below = `/${image}`;
  return path.endsWith(below) ? path.slice(0, -below.length) : (path.split('/')[0] ?? '');
}

/** The real path, which may contain any bytes; undefined if the file does not exist. */
function findReal(path: string): Promise<string | undefined> {
  const finding = realpath(toDiskPath(path), { encoding: 'latin1' }).catch(() => undefined);
  return withinTime(finding, path);
}
