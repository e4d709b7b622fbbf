import { existsSync } from 'node:fs';
import { access, constants, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import {
  errorMessage,
  type FileLock,
  FileLockError,
  isProcessAlive,
  makeFolder,
  ownIdentity,
  readFileIfThere,
  tryLockFile,
  writeFileAtomic,
} from '@cullstream/files';
import { z } from 'zod';

/** What stands beside a lock, for people and for other computers. */
const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, as the kernel says: a pid alone may have a new owner. */
  processStart: z.string().nullable(),
  since: z.iso.datetime(),
  /** It only looks, or notes something down: whoever comes next may wait for it. */
  isBrief: z.boolean().optional(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface DataLock {
  /** What the user should know of how far the lock reaches. */
  readonly warning: string | undefined;
  release(): Promise<void>;
}

export interface LockSettings {
  readonly data: string;
  /** What another computer's command left behind is no longer believed. */
  readonly takeOver?: boolean | undefined;
}

/** `data`: the folder and its broker. `replay`: the one replay that may work beside a run. */
type LockName = 'data' | 'replay';

/** Folder below the data folder for what belongs to the program itself. */
export const programFolder = '.cullstream';

/**
 * Takes a data folder for one command. The lock of a process of this computer ends with it.
 * @throws {ConfigurationError} that names the owner and the way out, when another command works there
 */
export async function lockData(settings: LockSettings, name: LockName = 'data'): Promise<DataLock> {
  const taken = await takeRetrying(settings, { name });
  if ('release' in taken) return taken;
  throw new ConfigurationError([taken.refusal]);
}

/**
 * As {@link lockData}; undefined when another one works there.
 * @param isBrief it is released within seconds: others wait for it
 */
export async function tryLockData(
  settings: LockSettings,
  { isBrief = false }: { readonly isBrief?: boolean } = {},
): Promise<DataLock | undefined> {
  const taken = await takeRetrying(settings, { name: 'data', isBrief });
  return 'release' in taken ? taken : undefined;
}

/** As {@link lockData}, where services of the command's own work; deployed ones share the folder. */
export async function lockForServices(
  settings: LockSettings & { readonly services: 'own' | 'deployed' },
): Promise<DataLock> {
  if (settings.services === 'own') return lockData(settings);
  return { warning: undefined, release: () => Promise.resolve() };
}

interface Refused {
  readonly refusal: string;
  /** Its holder only looks. */
  readonly isBrief?: boolean;
}

interface TakeOptions {
  readonly name: LockName;
  readonly isBrief?: boolean;
}

const BRIEF_WAIT_MS = 15_000;
const LOOK_EVERY_MS = 100;

/** Somebody who looks how a run stands keeps nobody from working. */
async function takeRetrying(
  settings: LockSettings,
  options: TakeOptions,
): Promise<DataLock | Refused> {
  const startedMs = performance.now();
  for (;;) {
    const taken = await take(settings, options);
    if ('release' in taken || taken.isBrief !== true) return taken;
    if (performance.now() - startedMs >= BRIEF_WAIT_MS) return taken;
    await delay(LOOK_EVERY_MS);
  }
}

async function take(
  { data, takeOver = false }: LockSettings,
  { name, isBrief = false }: TakeOptions,
): Promise<DataLock | Refused> {
  const lockPath = join(data, programFolder, `${name}.lock`);
  const recordPath = join(data, programFolder, name === 'data' ? 'lock.json' : `${name}.json`);
  await makeProgramFolder(data);
  const lock = lockOrExplain(lockPath);
  if (lock === undefined) {
    const owner = await readOwner(recordPath);
    return { refusal: describeHolder(data, owner, takeOver), isBrief: owner?.isBrief === true };
  }
  try {
    const owner = await readOwner(recordPath);
    const refusal = owner && toRefusal(owner, { data, recordPath, takeOver });
    if (refusal !== undefined) {
      lock.release();
      return { refusal };
    }
    await writeFileAtomic(recordPath, JSON.stringify(ownRecord(isBrief)));
  } catch (cause) {
    lock.release();
    throw new ConfigurationError([`${recordPath}: ${errorMessage(cause)}`], { cause });
  }
  return {
    warning: toWarning(lock, data),
    async release() {
      await rm(recordPath, { force: true }).finally(() => lock.release());
    },
  };
}

function ownRecord(isBrief: boolean): Owner {
  const { pid, start } = ownIdentity();
  const since = new Date().toISOString();
  return { pid, host: hostname(), processStart: start, since, ...(isBrief && { isBrief }) };
}

function lockOrExplain(path: string): FileLock | undefined {
  try {
    return tryLockFile(path);
  } catch (cause) {
    if (cause instanceof FileLockError) throw new ConfigurationError([cause.message], { cause });
    throw cause;
  }
}

function describeHolder(data: string, owner: Owner | undefined, takeOver: boolean): string {
  const who = owner === undefined ? '' : ` (${describe(owner)})`;
  return (
    `${data}: another cullstream works there${who}; wait for it, follow it with ` +
    '`cullstream status`, or stop it' +
    (takeOver ? '; it is at work, so ‹takeOver› takes nothing from it' : '')
  );
}

/** Why a lock that was free is not taken all the same. */
function toRefusal(
  owner: Owner,
  { data, recordPath, takeOver }: { data: string; recordPath: string; takeOver: boolean },
): string | undefined {
  if (owner.host === hostname()) {
    // Its lock is gone, so is it; unless somebody deleted the file, or an older version works there.
    const isCertain = owner.processStart !== null && owner.pid !== process.pid;
    const isAlive = isProcessAlive({ pid: owner.pid, start: owner.processStart });
    return isCertain && isAlive ? describeHolder(data, owner, takeOver) : undefined;
  }
  if (takeOver) return undefined;
  return (
    `${data}: a cullstream of another computer works there, as ${recordPath} says ` +
    `(${describe(owner)}), and this one cannot see whether it still does; if it has ended, or the ` +
    'computer was given another name, say ‹takeOver›'
  );
}

function describe({ pid, host, since }: Owner): string {
  return `pid ${pid} on ${host}, since ${since}`;
}

function toWarning({ keepsOut }: FileLock, data: string): string | undefined {
  if (keepsOut === 'everybody') return undefined;
  return (
    `${data}: its file system has no locks, so only this computer's commands are kept from working ` +
    'there at the same time: start none on another one'
  );
}

async function makeProgramFolder(dataDir: string): Promise<void> {
  try {
    // Making a folder below what cannot be written fails as if that were missing.
    await access(nearestExisting(dataDir), constants.W_OK);
    await makeFolder(join(dataDir, programFolder));
  } catch (cause) {
    throw new ConfigurationError([`‹data›: ${dataDir} cannot be written: ${errorMessage(cause)}`], {
      cause,
    });
  }
}

function nearestExisting(path: string): string {
  const parent = dirname(path);
  return existsSync(path) || parent === path ? path : nearestExisting(parent);
}

/** Undefined where nobody has written it, or it is damaged: then the lock alone tells. */
async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFileIfThere(path);
  try {
    return text === undefined ? undefined : ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
