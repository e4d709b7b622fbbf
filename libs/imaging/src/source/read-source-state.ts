import { TransientError } from '@cullstream/contracts';
import { StorageError } from '@cullstream/object-storage';
import { ArchiveError } from '../archive/archive-error.js';
import { isSystemFolder } from '../archive/system-folder.js';
import { isImageName } from '../image-name.js';
import type { Originals } from '../originals/originals.js';
import { systemCode } from './passing-fault.js';

/** The state of a source as a whole: no problem, or why nothing of it can be read now. */
export type SourceState = { readonly state: 'there' } | SourceOutage;

export interface SourceOutage {
  readonly state: 'away';
  /** What is unreachable: the source, or the whole folder of originals. */
  readonly path: string;
  /** What is wrong with it and what to do, for people. */
  readonly problem: string;
  /** Whether other originals can still be reached. */
  readonly isAlone: boolean;
}

export interface ReadSourceStateOptions {
  readonly originals: Originals;
  /** Archive or folder below the originals. */
  readonly source: string;
  /** The folder of an image below that of its project, which may have its own disk or permissions. */
  readonly folder?: string | undefined;
  /** An image of it that could be read before. */
  readonly readBefore?: string | undefined;
  /** Lists an archive. */
  readonly list: (path: string) => Promise<unknown>;
}

/** Number of images that are tried before a folder counts as unreadable. */
const MOST_TRIED = 32;

const NOT_THERE = 'is not there any more: connect its disk, or put it back';
const NOT_ALLOWED = 'may not be read any more: give this user the permission back';
const BROKEN_DISK = 'the disk reports errors: check the drive and its cable';
const problems: Readonly<Record<string, string>> = {
  EACCES: NOT_ALLOWED,
  EBADMSG: BROKEN_DISK,
  EIO: BROKEN_DISK,
  ENODEV: NOT_THERE,
  ENOENT: NOT_THERE,
  ENOTCONN: NOT_THERE,
  ENOTDIR: NOT_THERE,
  ENXIO: NOT_THERE,
  EPERM: NOT_ALLOWED,
  ESTALE: NOT_THERE,
};

/**
 * Checks whether a source that was listed before can still be reached: its folder of originals, the archive or
 * folder itself, and the folder of the image in it. A folder without any images counts as a disk that was
 * removed.
 */
export async function readSourceState(options: ReadSourceStateOptions): Promise<SourceState> {
  const { originals, source, folder } = options;
  const away = (path: string, problem: string): SourceOutage => ({
    state: 'away',
    path: originals.toText(path),
    problem,
    isAlone: path !== '',
  });
  const whole = await findProblem(() => requireContent(originals, ''));
  if (whole !== undefined) return away('', whole);
  const problem = await findProblem(() => requireSource(options));
  if (problem !== undefined) return away(source, problem);
  if (folder === undefined) return { state: 'there' };
  const problemOfPart = await findProblem(() => requireContent(originals, folder));
  return problemOfPart === undefined ? { state: 'there' } : away(folder, problemOfPart);
}

/** The folder exists, but is empty. */
class EmptyError extends Error {}

async function requireContent(originals: Originals, folder: string): Promise<void> {
  const entries = await originals.list(folder);
  if (entries.every(({ name }) => isSystemFolder(name))) {
    throw new EmptyError('is empty now: connect its disk, or put back what it held');
  }
}

async function requireSource({
  originals,
  source,
  readBefore,
  list,
}: ReadSourceStateOptions): Promise<void> {
  if ((await originals.look(source)).kind !== 'folder') {
    await list(source);
    return;
  }
  const images = await findImages(originals, source, MOST_TRIED);
  if (images.length === 0) {
    throw new EmptyError('holds no image any more: connect its disk, or put them back');
  }
  if (readBefore === undefined) return;
  for (const image of [readBefore, ...images]) {
    if (await canBeRead(originals, image)) return;
  }
  throw new EmptyError('has no image any more that can be read: give back disk and permissions');
}

async function findProblem(look: () => Promise<void>): Promise<string | undefined> {
  try {
    await look();
    return undefined;
  } catch (error) {
    if (error instanceof EmptyError) return error.message;
    const isListing = error instanceof ArchiveError || error instanceof TransientError;
    const fault = isListing ? error.cause : error;
    if (fault instanceof StorageError) return fault.problem;
    const code = systemCode(fault);
    if (code !== undefined) return problems[code] ?? `cannot be read now (${code})`;
    if (error instanceof ArchiveError) {
      return 'is no whole archive any more: put it back as it was';
    }
    throw error;
  }
}

/** The first images below a folder, as they are listed. Folders that cannot be read are skipped. */
async function findImages(originals: Originals, folder: string, most: number): Promise<string[]> {
  const found: string[] = [];
  const below: string[] = [];
  for (const { name, kind } of await originals.list(folder)) {
    const path = `${folder}/${name}`;
    if (kind === 'folder') {
      if (!isSystemFolder(name)) below.push(path);
    } else if (isImageName(name) && found.length < most) found.push(path);
  }
  for (const path of below) {
    if (found.length >= most) break;
    found.push(...(await findImages(originals, path, most - found.length).catch(() => [])));
  }
  return found;
}

async function canBeRead(originals: Originals, path: string): Promise<boolean> {
  try {
    const file = await originals.open(path);
    try {
      await file.read(Buffer.alloc(1), 0);
      return true;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
