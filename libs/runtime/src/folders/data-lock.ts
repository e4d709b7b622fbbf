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

/** The record that is stored beside a lock, for people and for other computers. */
const ownerSchema = z.object({
  pid: z.int().positive(),
  host: z.string(),
  /** When the process started, according to the kernel: a pid may be used again by another process. */
  processStart: z.string().nullable(),
  since: z.iso.datetime(),
  /** The lock is held for seconds only, so others may wait for it. */
  isBrief: z.boolean().optional(),
});
type Owner = z.infer<typeof ownerSchema>;

export interface DataLock {
  /** A warning for the user if the lock does not work between computers. */
  readonly warning: string | undefined;
  release(): Promise<void>;
}

export interface LockSettings {
  readonly data: string;
  /** Ignores the record of a lock that a command on another computer left behind. */
  readonly takeOver?: boolean | undefined;
}

/** `data`: the folder and its broker. `replay`: the one replay that may work beside a run. */
type LockName = 'data' | 'replay';

/** Folder below the data folder for what belongs to the program itself. */
export const programFolder = '.cullstream';

/**
 * Locks a data folder for one command. The lock ends with the process at the latest.
 * @throws {ConfigurationError} if another command works there; it names the owner and what to do
 */
export async function lockData(settings: LockSettings, name: LockName = 'data'): Promise<DataLock> {
  const taken = await takeRetrying(settings, { name });
  if ('release' in taken) return taken;
  throw new ConfigurationError([taken.refusal]);
}

/**
 * As {@link lockData}, but undefined if another command works there.
 * @param isBrief the lock will be released within seconds, so that others wait for it
 */
export async function tryLockData(
  settings: LockSettings,
  { isBrief = false }: { readonly isBrief?: boolean } = {},
): Promise<DataLock | undefined> {
  const taken = await takeRetrying(settings, { name: 'data', isBrief });
  return 'release' in taken ? taken : undefined;
}

/** As {@link lockData} for the command's own services. Deployed services share the folder without a lock. */
export async function lockForServices(
  settings: LockSettings & { readonly services: 'own' | 'deployed' },
): Promise<DataLock> {
  if (settings.services === 'own') return lockData(settings);
  return { warning: undefined, release: () => Promise.resolve() };
}

interface Refused {
  readonly refusal: string;
  /** The lock may be released within seconds. */
  readonly mayEndSoon?: boolean;
}

interface TakeOptions {
  readonly name: LockName;
  readonly isBrief?: boolean;
}

/** Several commands may hold it one after the other, each for seconds where the machine is busy. */
const BRIEF_WAIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

/** Waits for a lock that will be released within seconds, for example by `status`. */
async function takeRetrying(
  settings: LockSettings,
  options: TakeOptions,
): Promise<DataLock | Refused> {
  const startedMs = performance.now();
  for (;;) {
    const taken = await take(settings, options);
    if ('release' in taken || taken.mayEndSoon !== true) return taken;
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
    return { refusal: describeHolder(data, owner, takeOver), mayEndSoon: mayEndSoon(owner) };
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

/**
 * Whether a lock is held for seconds only. Between taking it and recording it, its holder has no record or that of
 * a command that was killed: it has not said yet, and is waited for.
 */
function mayEndSoon(owner: Owner | undefined): boolean {
  if (owner === undefined || owner.isBrief === true) return true;
  const { pid, host, processStart } = owner;
  return host === hostname() && !isProcessAlive({ pid, start: processStart });
}

function describeHolder(data: string, owner: Owner | undefined, takeOver: boolean): string {
  const who = owner === undefined ? '' : ` (${describe(owner)})`;
  return (
    `${data}: another cullstream works there${who}; wait for it, follow it with ` +
    '`cullstream status`, or stop it' +
    (takeOver ? '; it is at work, so ‹takeOver› takes nothing from it' : '')
  );
}

/** Why a lock must not be taken although the system gives it: undefined if it may. */
function toRefusal(
  owner: Owner,
  { data, recordPath, takeOver }: { data: string; recordPath: string; takeOver: boolean },
): string | undefined {
  if (owner.host === hostname()) {
    // A process without its lock has ended, unless the file was deleted or it is of an older version.
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
    // Without this check, making a folder below an unwritable one would report that it is missing.
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

/** Undefined if there is no record or it is damaged: then only the lock counts. */
async function readOwner(path: string): Promise<Owner | undefined> {
  const text = await readFileIfThere(path);
  try {
    return text === undefined ? undefined : ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
