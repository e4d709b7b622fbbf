import { readdir } from 'node:fs/promises';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { tryLockFile, type FileLock } from '@cullstream/files';
import { commandLine, endProcess, isServerCommand } from './process-facts.js';

const run = promisify(execFile);
const POLL_MS = 100;

/**
 * The lock of a store, for the parent process of its server; undefined when another process has it.
 */
export async function lockStore(
  storeDir: string,
  timeoutMs: number,
  isGivenUp: () => boolean,
): Promise<FileLock | undefined> {
  const untilMs = performance.now() + timeoutMs;
  for (;;) {
    const lock = tryLockFile(join(storeDir, 'store.lock'));
    if (lock !== undefined || isGivenUp() || performance.now() > untilMs) return lock;
    await delay(POLL_MS);
  }
}

/**
 * Ends every nats-server that runs with a configuration. The caller holds the lock of the store, so
 * the parents of these servers have ended.
 * @returns their process numbers
 */
export async function endServers(configPath: string, timeoutMs: number): Promise<number[]> {
  const ended: number[] = [];
  for (const pid of await processNumbers()) {
    if (!isServerCommand(await commandLine(pid), configPath)) continue;
    await endProcess(pid, timeoutMs);
    ended.push(pid);
  }
  return ended;
}

async function processNumbers(): Promise<number[]> {
  const names = await readdir('/proc').catch(() => undefined);
  const numbers = names?.map(Number).filter((pid) => pid > 0) ?? [];
  if (numbers.length > 0 || process.platform === 'win32') return numbers;
  const { stdout } = await run('ps', ['-axo', 'pid=,comm=']);
  return stdout
    .split('\n')
    .filter((line) => line.includes('nats-server'))
    .map((line) => Number.parseInt(line, 10));
}
