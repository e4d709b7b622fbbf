/**
 * The process between the owner and its nats-server: `broker-guard.js <nats-server> <config>`.
 * It leads its own process group, so that Ctrl-C in the owner's terminal does not reach it and the
 * server runs until the services have stopped. When the owner ends for any reason, the channel
 * closes, and the guard stops the server. It holds the lock of the store as long as it lives, so
 * that no two guards run servers on one store.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { basename, dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '@cullstream/files';
import { endServers, lockStore } from './guarded-store.js';
import { SERVER_STOP_TIMEOUT_MS, type GuardReport } from './guard-protocol.js';

const [binary, configPath] = process.argv.slice(2);
if (binary === undefined || configPath === undefined) {
  throw new Error('broker-guard needs the paths of nats-server and of its configuration');
}

/**
 * Above this size Go collects garbage more often. Without it the server holds twice the memory it
 * needs (docs/performance-notes.md). It is no limit: the server takes the memory that it needs.
 */
const MEMORY_LIMIT = '180MiB';

/** Longer than another guard needs to stop the server of an owner that has died. */
const LOCK_TIMEOUT_MS = SERVER_STOP_TIMEOUT_MS + 2_000;

let server: ChildProcess | undefined;
let stopping = false;

function report(message: GuardReport): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function leave(exitCode: number): void {
  process.exitCode = exitCode;
  if (process.connected) process.disconnect();
}

function stop(): void {
  if (stopping) return;
  stopping = true;
  server?.kill('SIGTERM');
  setTimeout(() => server?.kill('SIGKILL'), SERVER_STOP_TIMEOUT_MS).unref();
}

process.on('message', stop);
process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
// If the owner died while this file was being loaded, there was no event.
if (!process.connected) stop();

async function guard(program: string, config: string): Promise<void> {
  const storeDir = dirname(config);
  const lock = await lockStore(storeDir, LOCK_TIMEOUT_MS, () => stopping);
  if (lock === undefined) {
    if (!stopping) report({ kind: 'in-use' });
    leave(1);
    return;
  }
  // A guard that was killed left its server running.
  const ended = await endServers(config, SERVER_STOP_TIMEOUT_MS);
  // Written to the server's log, like its own output.
  if (ended.length > 0) console.error(`ended what killed guards left: ${ended.join(', ')}`);
  if (stopping) {
    leave(1);
    return;
  }
  start(program, config);
}

/**
 * The server's working folder is that of its store, and its files have relative names: if another
 * folder is put in its place, the server continues in the original one.
 */
function start(program: string, config: string): void {
  const isPath = basename(program) !== program;
  const child = spawn(isPath ? resolve(program) : program, ['--config', config], {
    cwd: dirname(config),
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { GOMEMLIMIT: MEMORY_LIMIT, ...process.env },
  });
  server = child;
  child.on('spawn', () => {
    if (child.pid !== undefined) report({ kind: 'started', pid: child.pid });
  });
  child.on('error', (error) => {
    report({ kind: 'failed', message: error.message });
    leave(1);
  });
  child.on('exit', (code, signal) => {
    report({ kind: 'exited', code, signal });
    leave(code ?? 1);
  });
}

guard(binary, configPath).catch(async (error: unknown) => {
  report({ kind: 'failed', message: errorMessage(error) });
  // The report is being sent.
  await delay(0);
  leave(1);
});
