import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import { createFileOnce } from '@cullstream/files';
import type { BusLog } from '@cullstream/bus';
import { SERVER_STOP_TIMEOUT_MS } from './guard-protocol.js';
import {
  commandLine,
  endProcess,
  isAlive,
  isGoneWithin,
  isServerCommand,
} from './process-facts.js';

/**
 * The process that uses a store. Written before the server starts, removed after it has stopped.
 */
interface StoreOwner {
  readonly ownerPid: number;
  readonly guardPid?: number;
  readonly serverPid?: number;
}

export interface StoreClaim {
  /** Stores which server to look for if the owner dies. */
  record(processes: { guardPid: number; serverPid: number }): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a store for this process. A nats-server that a dead owner left running is stopped first.
 * @throws {ConfigurationError} when another living process uses the store.
 */
export async function claimStore(
  storeDir: string,
  configPath: string,
  log: BusLog,
): Promise<StoreClaim> {
  const file = join(storeDir, 'owner.json');
  await create(file, storeDir, configPath, log);
  return {
    async record(processes) {
      const temporary = `${file}.${process.pid}`;
      await writeFile(temporary, JSON.stringify({ ownerPid: process.pid, ...processes }));
      await rename(temporary, file);
    },
    release: () => rm(file, { force: true }),
  };
}

async function create(
  file: string,
  storeDir: string,
  configPath: string,
  log: BusLog,
): Promise<void> {
  for (;;) {
    // Written atomically: an incomplete file would look like that of a writer that died.
    if (createFileOnce(file, JSON.stringify({ ownerPid: process.pid } satisfies StoreOwner)))
      return;
    const owner = await readOwner(file);
    if (owner) await takeOver(owner, storeDir, configPath, log);
    await rm(file, { force: true });
  }
}

async function readOwner(file: string): Promise<StoreOwner | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as StoreOwner;
  } catch {
    return undefined; // Gone, or torn by the death of its writer.
  }
}

async function takeOver(
  owner: StoreOwner,
  storeDir: string,
  configPath: string,
  log: BusLog,
): Promise<void> {
  const { ownerPid, guardPid, serverPid } = owner;
  const guarded = guardPid !== undefined && (await usesConfig(guardPid, configPath));
  if (isAlive(ownerPid) && (guarded || (guardPid === undefined && ownerPid !== process.pid))) {
    throw new ConfigurationError([
      `${storeDir} is in use by process ${ownerPid}: wait for it to end, or choose another data folder`,
    ]);
  }
  // The owner has ended, so the guard is stopping the server by itself.
  if (guarded) await isGoneWithin(guardPid, SERVER_STOP_TIMEOUT_MS + 2_000);
  if (serverPid === undefined || !(await isServer(serverPid, configPath))) return;
  log.warn({ pid: serverPid, storeDir }, 'stopping a nats-server that an earlier run left behind');
  await endProcess(serverPid, SERVER_STOP_TIMEOUT_MS);
}

async function usesConfig(pid: number, configPath: string): Promise<boolean> {
  return isAlive(pid) && (await commandLine(pid)).includes(configPath);
}

/** Process ids are reused: only a process with this configuration may be stopped. */
async function isServer(pid: number, configPath: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  return isServerCommand(await commandLine(pid), configPath);
}
