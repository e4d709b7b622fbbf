import { sep } from 'node:path';
import { PermanentError, type ImageSource } from '@cullstream/contracts';
import { isHungCall } from '@cullstream/files';
import { openOriginals } from '../originals/open-originals.js';
import type { Originals } from '../originals/originals.js';
import { refusePathOutside } from './refuse-path-outside.js';

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
  refusePathOutside(source.path);
  const originals = openOriginals(originalsDir);
  const real = await findReal(originals, source.path);
  // Reading it later reports that it is gone.
  if (real === undefined) return;
  for (const folder of ['', toSourceFolder(source.path, image)]) {
    const inside = await findReal(originals, folder);
    if (inside !== undefined && isBelow(real, inside)) return;
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

/** Addresses of buckets are separated by `/` on every system. */
function isBelow(path: string, folder: string): boolean {
  return [sep, '/'].some((each) => path.startsWith(folder.endsWith(each) ? folder : folder + each));
}

/** Undefined if the file does not exist. */
function findReal(originals: Originals, path: string): Promise<string | undefined> {
  return originals.resolve(path).catch((error: unknown) => {
    if (isHungCall(error)) throw error;
    return undefined;
  });
}
