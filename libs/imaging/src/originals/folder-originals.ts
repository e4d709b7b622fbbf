import { constants, type Dirent } from 'node:fs';
import { access, readdir, realpath, stat, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { ANSWER_WITHIN_MS, isHungCall, openRegularFile, withinTime } from '@cullstream/files';
import { listFolder } from '../archive/list-folder.js';
import { toDiskPath, toPathText } from '../archive/path-text.js';
import { systemCode } from '../source/passing-fault.js';
import { readFully } from '../source/read-fully.js';
import type {
  Originals,
  OriginalsEntry,
  OriginalsFacts,
  OriginalsFile,
  OriginalsOptions,
} from './originals.js';

/** Bytes that even the slowest usable drive reads within the time limit. */
const SLOWEST_BYTES = 32 * 1024 * 1024;
const REMEDY = 'is the disk connected? If so, check the path (‹originals›)';

/** Originals in a folder. Calls throw a `HungCallError` if the drive does not answer in time. */
export function openFolderOriginals(
  place: string,
  { answerWithinMs = ANSWER_WITHIN_MS }: OriginalsOptions,
): Originals {
  const toText = (path: string) => (path === '' ? place : join(place, path));
  const within = <T>(calls: Promise<T>, text: string) => withinTime(calls, text, answerWithinMs);

  const open = async (path: string): Promise<OriginalsFile> => {
    const text = toText(path);
    const opening = openRegularFile(toDiskPath(text));
    const { handle, facts } = await within(opening, text).catch((error: unknown) => {
      if (isHungCall(error)) closeLater(opening);
      throw error;
    });
    let hung: Promise<unknown> | undefined;
    const isOver = () => ({ handle });
    return {
      size: facts.size,
      async read(target, position) {
        const limitMs = answerWithinMs * (1 + Math.floor(target.length / SLOWEST_BYTES));
        const reading = readFully(handle, target, position);
        try {
          return await withinTime(reading, text, limitMs);
        } catch (error) {
          if (isHungCall(error)) hung = reading;
          throw error;
        }
      },
      async close() {
        // Closing a file with a hung read would hang as well.
        if (hung === undefined) await handle.close();
        else closeLater(hung.then(isOver, isOver));
      },
    };
  };

  return {
    place,
    remedy: REMEDY,
    check: () => within(access(place, constants.R_OK | constants.X_OK), place),
    describe: (error) =>
      ['ENOENT', 'ENOTDIR'].includes(systemCode(error) ?? '')
        ? `there is no folder ${place}; is its disk connected? If so, check the path (‹originals›)`
        : `${place} cannot be read; give the folder of your archives (‹originals›)`,
    toText,
    async list(folder) {
      const text = toText(folder);
      const reading = readdir(toDiskPath(text), { encoding: 'buffer', withFileTypes: true });
      const entries = await within(reading, text);
      return entries.map((entry) => toEntry(entry, place, text));
    },
    async look(path) {
      const text = toText(path);
      return toFacts(await within(stat(toDiskPath(text)), text));
    },
    listFiles: (folder) => listFolder(toText(folder), answerWithinMs),
    open,
    async readWhole(path, size) {
      const file = await open(path);
      try {
        const bytes = Buffer.allocUnsafeSlow(size);
        return file.size === size && (await file.read(bytes, 0)) === size ? bytes : undefined;
      } finally {
        await file.close();
      }
    },
    async resolve(path) {
      const text = toText(path);
      return toPathText(await within(realpath(toDiskPath(text), { encoding: 'buffer' }), text));
    },
  };
}

/** Closes a file when the drive has answered after all. */
function closeLater(answered: Promise<{ readonly handle: FileHandle }>): void {
  answered.then(({ handle }) => handle.close()).catch(() => undefined);
}

function toEntry(entry: Dirent<Buffer>, place: string, folder: string): OriginalsEntry {
  const name = toPathText(entry.name);
  const kind = entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'file';
  return { name, kind, follow: () => followLink(place, join(folder, name)) };
}

async function followLink(place: string, text: string) {
  const path = toDiskPath(text);
  const target = await stat(path).catch(() => undefined);
  if (target === undefined) return undefined;
  if (!target.isDirectory()) return 'file';
  const [inside, around] = await Promise.all([realpath(place), realpath(path)]);
  const isLoop = `${inside}${sep}`.startsWith(around.endsWith(sep) ? around : `${around}${sep}`);
  return isLoop ? 'loop' : 'folder';
}

function toFacts(facts: Awaited<ReturnType<typeof stat>>): OriginalsFacts {
  const { dev, ino, size, mtimeMs, ctimeMs } = facts;
  return {
    kind: facts.isDirectory() ? 'folder' : facts.isFile() ? 'file' : 'other',
    size: Number(size),
    modifiedMs: Number(mtimeMs),
    version: [dev, ino, size, mtimeMs, ctimeMs].join(),
  };
}
