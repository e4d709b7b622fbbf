import { setMaxListeners } from 'node:events';
import { constants, readFileSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { toErrno, isErrno } from '@cullstream/files';

/** Below a data folder: what it is known by. It is made once, and goes where the folder goes. */
export const FOLDER_MARKER = '.cullstream/folder-id';

/** Where it is told that a data folder is away. */
export type DataFolderLog = Record<'warn' | 'info', (fields: object, message: string) => void>;

/** A data folder that may go away while it is used, as a disk that is unplugged does. */
export interface DataFolder {
  /** Why it cannot be used now, for people; undefined where it can. */
  problem(): Promise<string | undefined>;
  /**
   * Asked right before and after what must not happen in another folder: whoever waited has waited for a
   * look that others had as well, and the folder may have gone since.
   */
  isTheSame(): boolean;
  /** @throws {TransientError} where it is not {@link isTheSame} */
  confirm(): void;
  /**
   * Waits until it can be used, and says so if it must.
   * @throws {TransientError} when nothing is waited for any more
   */
  untilThere(): Promise<void>;
  /** Does work again when it failed while the folder was away. */
  whileThere<T>(work: () => Promise<T>): Promise<T>;
  /** Waits for nothing any more. */
  leave(): void;
}

const LOOK_EVERY_MS = 1_000;
/** Below it, where they are there: what services write to. */
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

/**
 * Keeps work from beginning anew on the bare mount point of a data folder whose disk is gone: the folder is
 * known by a marker in it. As long as that was never seen, nothing is said of the folder.
 */
export function openDataFolder(
  dataDir: string,
  log: DataFolderLog,
  { lookEveryMs = LOOK_EVERY_MS }: { readonly lookEveryMs?: number } = {},
): DataFolder {
  const leaving = new AbortController();
  const { signal } = leaving;
  // Everything in hand waits for it.
  setMaxListeners(0, signal);
  let marker: string | undefined;
  let said: string | undefined;
  let looking: Promise<string | undefined> | undefined;

  async function find(): Promise<string | undefined> {
    try {
      const found = await readFile(join(dataDir, FOLDER_MARKER), 'utf8');
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

  /** Whoever asks meanwhile is told the same. */
  const look = () => (looking ??= lookAnew().finally(() => (looking = undefined)));

  async function lookAnew(): Promise<string | undefined> {
    const problem = await find();
    if (problem !== undefined && problem !== said) {
      log.warn(
        { folder: dataDir },
        `${dataDir} ${problem}; the work waits, and goes on by itself when it is back`,
      );
    }
    if (problem === undefined && said !== undefined) {
      log.info({ folder: dataDir }, 'the data folder is there again: the work goes on');
    }
    said = problem;
    return problem;
  }

  /** A look waits for its turn where all threads decode. What counts for a write is how it is at that moment. */
  function isTheSame(): boolean {
    if (marker === undefined) return true;
    try {
      return readFileSync(join(dataDir, FOLDER_MARKER), 'utf8') === marker;
    } catch {
      return false;
    }
  }

  async function untilThere(): Promise<void> {
    while ((await look()) !== undefined || !isTheSame()) {
      await delay(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) {
        throw new TransientError('leaving: the data folder is away', { retryAfterMs: 0 });
      }
    }
  }

  return {
    problem: look,
    isTheSame,
    confirm() {
      if (!isTheSame())
        throw new TransientError(`${dataDir} is away, or another folder than before`);
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
