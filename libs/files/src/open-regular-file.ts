import { closeSync, constants, fstatSync, openSync, statSync, type Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { isErrno } from './errno.js';

const { O_RDONLY, O_RDWR, O_APPEND, O_CREAT } = constants;
/** Windows does not have these flags, and has no files that block when they are opened. */
const { O_NONBLOCK = 0, O_NOCTTY = 0 } = constants as Partial<typeof constants>;
const FLAGS = { r: O_RDONLY, 'r+': O_RDWR } as const;

export type OpenMode = keyof typeof FLAGS;

/**
 * The error code for a path that is no regular file: `EISDIR` for a folder, and `EFTYPE` for a
 * pipe, a device or a socket, where a reader could wait for ever for a writer.
 */
export class NotRegularFileError extends Error {
  override readonly name = 'NotRegularFileError';
  readonly code: 'EISDIR' | 'EFTYPE';
  readonly syscall = 'open';
  readonly path: string;
  constructor(path: string | Buffer, facts: Stats) {
    const code = facts.isDirectory() ? 'EISDIR' : 'EFTYPE';
    const what = code === 'EISDIR' ? 'illegal operation on a directory' : 'not a regular file';
    super(`${code}: ${what}, open '${path.toString()}'`);
    this.code = code;
    this.path = path.toString();
  }
}

/**
 * Opens a regular file, or a link to one, and nothing else. To be used for every file that others
 * may have put there. Never waits for the other end of a pipe.
 * @throws {NotRegularFileError} when it is something else
 * @throws {Error} of the operating system
 */
export async function openRegularFile(
  path: string | Buffer,
  mode: OpenMode = 'r',
): Promise<{ readonly handle: FileHandle; readonly facts: Stats }> {
  const handle = await open(path, toFlags(mode)).catch((error: unknown) =>
    refuseSocket(path, error),
  );
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new NotRegularFileError(path, facts);
    return { handle, facts };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The synchronous form of {@link openRegularFile}. */
export function openRegularFileSync(path: string, mode: OpenMode = 'r'): number {
  let file: number;
  try {
    file = openSync(path, toFlags(mode));
  } catch (error) {
    return refuseSocket(path, error);
  }
  return requireFile(file, path);
}

/** For a socket the system gives the same error as for a missing device. */
function refuseSocket(path: string | Buffer, error: unknown): never {
  if (isErrno(error, 'ENXIO')) refuseOtherThanFile(path);
  throw error;
}

function requireFile(
  file: number,
  path: string,
  isUsable: (facts: Stats) => boolean = (facts) => facts.isFile(),
): number {
  try {
    const facts = fstatSync(file);
    if (!isUsable(facts)) throw new NotRegularFileError(path, facts);
    return file;
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

/**
 * Opens a file or a device for reading and appending. Makes it if it is missing, and never waits
 * for the other end of a pipe.
 * @throws {NotRegularFileError} when it is something else
 * @throws {Error} of the operating system
 */
export function openForAppendingSync(path: string): number {
  const file = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK | O_NOCTTY);
  // A device accepts what is written or gives an error, as `/dev/full` does.
  return requireFile(file, path, (facts) => facts.isFile() || facts.isCharacterDevice());
}

/**
 * For files that a library opens by their path: throws if the path exists and is no regular file.
 * @throws {NotRegularFileError}
 */
export function refuseOtherThanFile(path: string | Buffer): void {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts?.isFile() === false) throw new NotRegularFileError(path, facts);
}

/** The bytes of a file. @throws {Error} as {@link openRegularFile} */
export async function readRegularFile(path: string): Promise<Buffer> {
  const { handle } = await openRegularFile(path);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function toFlags(mode: OpenMode): number {
  return FLAGS[mode] | O_NONBLOCK | O_NOCTTY;
}
