import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { ArchiveError } from '../archive/archive-error.js';
import { toDiskPath, toPathText } from '../archive/path-text.js';
import { isSystemFolder } from '../archive/system-folder.js';
import { isImageName } from '../image-name.js';
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
  readonly originalsDir: string;
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
  const { originalsDir, source, folder } = options;
  const whole = await findProblem(() => requireContent(originalsDir));
  if (whole !== undefined) {
    return { state: 'away', path: originalsDir, problem: whole, isAlone: false };
  }
  const path = join(originalsDir, source);
  const problem = await findProblem(() => requireSource(path, options));
  if (problem !== undefined) return { state: 'away', path, problem, isAlone: true };
  if (folder === undefined) return { state: 'there' };
  const part = join(originalsDir, folder);
  const problemOfPart = await findProblem(() => requireContent(part));
  return problemOfPart === undefined
    ? { state: 'there' }
    : { state: 'away', path: part, problem: problemOfPart, isAlone: true };
}

/** The folder exists, but is empty. */
class EmptyError extends Error {}

async function requireContent(folder: string): Promise<void> {
  const names = await readdir(toDiskPath(folder));
  if (names.every(isSystemFolder)) {
    throw new EmptyError('is empty now: connect its disk, or put back what it held');
  }
}

async function requireSource(
  path: string,
  { originalsDir, readBefore, list }: ReadSourceStateOptions,
): Promise<void> {
  if (!(await stat(toDiskPath(path))).isDirectory()) {
    await list(path);
    return;
  }
  const images = await findImages(path, MOST_TRIED);
  if (images.length === 0) {
    throw new EmptyError('holds no image any more: connect its disk, or put them back');
  }
  if (readBefore === undefined) return;
  for (const image of [join(originalsDir, readBefore), ...images]) {
    if (await canBeRead(image)) return;
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
    const code = systemCode(isListing ? error.cause : error);
    if (code !== undefined) return problems[code] ?? `cannot be read now (${code})`;
    if (error instanceof ArchiveError) {
      return 'is no whole archive any more: put it back as it was';
    }
    throw error;
  }
}

/** The first images below a folder, in the order of the disk. Folders that cannot be read are skipped. */
async function findImages(folder: string, most: number): Promise<string[]> {
  const found: string[] = [];
  const below: string[] = [];
  const entries = await readdir(toDiskPath(folder), { encoding: 'buffer', withFileTypes: true });
  for (const entry of entries) {
    const name = toPathText(entry.name);
    const path = join(folder, name);
    if (entry.isDirectory()) {
      if (!isSystemFolder(name)) below.push(path);
    } else if (isImageName(name) && found.length < most) found.push(path);
  }
  for (const path of below) {
    if (found.length >= most) break;
    found.push(...(await findImages(path, most - found.length).catch(() => [])));
  }
  return found;
}

async function canBeRead(path: string): Promise<boolean> {
  try {
    if (!(await stat(toDiskPath(path))).isFile()) return false;
    const file = await open(toDiskPath(path), 'r');
    try {
      await file.read(Buffer.alloc(1), 0, 1, 0);
      return true;
    } finally {
      await file.close();
    }
  } catch {
    return false;
  }
}
