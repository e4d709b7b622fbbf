import { lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';

/** Number of links after which systems report a loop. */
const MAX_LINKS = 40;

/** A path as far as it exists, with all links resolved. */
export interface ResolvedPath {
  readonly path: string;
  /** The path itself, or the nearest folder above it that exists. */
  readonly existing: string;
}

/** Follows links, also those whose target does not exist yet. */
export function resolvePath(path: string): ResolvedPath {
  let current = resolve(path);
  let missing = '';
  for (let links = 0; ;) {
    const real = tryRead(() => realpathSync.native(current));
    if (real !== undefined) return { path: join(real, missing), existing: real };
    const target = links < MAX_LINKS ? readLinkTarget(current) : undefined;
    if (target === undefined) {
      if (dirname(current) === current) return { path: join(current, missing), existing: current };
      missing = join(basename(current), missing);
      current = dirname(current);
    } else {
      links += 1;
      current = target;
    }
  }
}

function readLinkTarget(path: string): string | undefined {
  const isLink = tryRead(() => lstatSync(path))?.isSymbolicLink() === true;
  const target = isLink ? tryRead(() => readlinkSync(path)) : undefined;
  return target === undefined ? undefined : resolve(dirname(path), target);
}

/**
 * The identity of a folder: device and inode, since it may have several paths, by another mount or in
 * other upper and lower case. It is the path if the folder does not exist or there are no inodes.
 */
export function folderIdentity(path: string): string {
  const facts = tryRead(() => statSync(path, { bigint: true }));
  return facts === undefined || facts.ino === 0n ? path : `${facts.dev}:${facts.ino}`;
}

/** Identities of a folder, which need not exist, and of all folders above it, itself first. */
export function listAncestorIdentities(realPath: string): string[] {
  const line: string[] = [];
  for (let path = realPath; ; path = dirname(path)) {
    line.push(folderIdentity(path));
    if (dirname(path) === path) return line;
  }
}

function tryRead<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    // What cannot be read counts as missing. Using it later will report why.
    return undefined;
  }
}
