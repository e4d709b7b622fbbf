import { setMaxListeners } from 'node:events';
import { constants, readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { toErrno, isErrno, type GuardedFolder } from '@cullstream/files';
import { makeFolderWithin } from './make-folder-within.js';

/** The file below a data folder that holds its id. It is made once, and moves with the folder. */
export const FOLDER_MARKER = '.cullstream/folder-id';

/** The log that says when a data folder is away or back. */
export type DataFolderLog = Record<'warn' | 'info', (fields: object, message: string) => void>;

/** A data folder that may become unreachable while it is used, for example on a disk that is unplugged. */
export interface DataFolder extends GuardedFolder {
  /** Why the folder cannot be used now, for people; undefined if it can. */
  problem(): Promise<string | undefined>;
  /**
   * Whether the same folder is still in place. To be called right before and after anything that must not
   * happen in another folder, since the result of `problem` may be out of date.
   */
  isTheSame(): boolean;
  /** @throws {TransientError} if the folder is not {@link isTheSame} */
  confirm(): void;
  /** @throws {TransientError} if the folder is not {@link isTheSame}; nothing is made then */
  makeFolder(path: string): void;
  /**
   * Waits until the folder can be used, and logs that it waits.
   * @throws {TransientError} after `leave`
   */
  untilThere(): Promise<void>;
  /** Repeats work that failed while the folder was away. */
  whileThere<T>(work: () => T | Promise<T>): Promise<T>;
  /** Ends all waiting: the service is stopping. */
  leave(): void;
}

const LOOK_EVERY_MS = 1_000;
/** The folders below it that services write to, if they exist. */
const WRITTEN = [
  'ai_data',
  'ai_data/cache',
  'ai_data/embeddings',
  'training/ai_training_decisions',
];

const NOT_THERE = 'is not there any more: connect its disk, or put it back';
const NOT_ALLOWED = 'may not be used any more: give this user the permission back';
const problems: Readonly<Record<string, string>> = {
  EACCES: NOT_ALLOWED,
  EIO: 'reports errors: check its drive and its cable',
  ENOENT: NOT_THERE,
  ENOTDIR: NOT_THERE,
  EPERM: NOT_ALLOWED,
  EROFS: 'is read-only now: mount it writable',
  ESTALE: NOT_THERE,
};

/** The id of a data folder; undefined if it has none, or cannot be read now. */
export function readFolderId(dataDir: string): string | undefined {
  try {
    return readFileSync(join(dataDir, FOLDER_MARKER), 'utf8').trim();
  } catch {
    return undefined;
  }
}

export interface DataFolderOptions {
  /** The id that the folder must have; without it, the first one that is found in it. */
  readonly id?: string | undefined;
  readonly lookEveryMs?: number;
}

/**
 * Prevents services from writing to the bare mount point of a data folder whose disk is gone. The folder is
 * recognised by an id in it. As long as no id is known, the folder is not checked.
 */
export function openDataFolder(
  dataDir: string,
  log: DataFolderLog,
  { id, lookEveryMs = LOOK_EVERY_MS }: DataFolderOptions = {},
): DataFolder {
  const leaving = new AbortController();
  const { signal } = leaving;
  // Every task in progress adds a listener: Node's warning about many listeners does not apply.
  setMaxListeners(0, signal);
  let marker = id;
  let said: string | undefined;
  let looking: Promise<string | undefined> | undefined;

  async function find(): Promise<string | undefined> {
    try {
      const found = (await readFile(join(dataDir, FOLDER_MARKER), 'utf8')).trim();
      marker ??= found;
      await requireUsable(dataDir);
      return found === marker
        ? undefined
        : 'is another folder than before: put back the one it was';
    } catch (cause) {
      if (marker === undefined) return undefined;
      const code = toErrno(cause) ?? '';
      return problems[code] ?? `cannot be used now (${code})`;
    }
  }

  /** Concurrent calls share one look. */
  const look = () => (looking ??= lookAnew().finally(() => (looking = undefined)));

  async function lookAnew(): Promise<string | undefined> {
    const problem = await find();
    if (problem !== undefined && problem !== said) {
      log.warn(
        { folder: dataDir },
        `${dataDir} ${problem}; the work waits, and continues by itself when it is back`,
      );
    }
    if (problem === undefined && said !== undefined) {
      log.info({ folder: dataDir }, 'the data folder is there again: the work continues');
    }
    said = problem;
    return problem;
  }

  /** Synchronous: an asynchronous look may wait for busy threads, and a write needs the present state. */
  function isTheSame(): boolean {
    return marker === undefined || readFolderId(dataDir) === marker;
  }

  async function untilThere(): Promise<void> {
    while ((await look()) !== undefined || !isTheSame()) {
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        throw new TransientError('leaving: the data folder is away', { retryAfterMs: 0 });
      }
    }
  }

  const toAway = (cause?: unknown) =>
    new TransientError(`${dataDir} is away, or another folder than before`, { cause });

  function confirm(): void {
    if (!isTheSame()) throw toAway();
  }

  return {
    problem: look,
    isTheSame,
    confirm,
    makeFolder(path) {
      confirm();
      try {
        makeFolderWithin(dataDir, path, { isMarked: marker !== undefined });
      } catch (error) {
        if (!isTheSame()) throw toAway(error);
        throw error;
      }
    },
    untilThere,
    async whileThere(work) {
      for (;;) {
        await untilThere();
        try {
          return await work();
        } catch (error) {
          if (error instanceof PermanentError || (await look()) === undefined) throw error;
        }
      }
    },
    leave: () => leaving.abort(),
  };
}

async function requireUsable(dataDir: string): Promise<void> {
  const all = constants.R_OK | constants.W_OK | constants.X_OK;
  await access(dataDir, all);
  for (const folder of WRITTEN) {
    await access(join(dataDir, folder), all).catch((cause: unknown) => {
      if (!isErrno(cause, 'ENOENT')) throw cause;
    });
  }
}
