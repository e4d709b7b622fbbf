/**
 * The process between the owner and its nats-server: `broker-guard.js <nats-server> <config>`.
 * It leads a process group of its own, so Ctrl-C in the owner's terminal does not reach it: the
 * server outlives the clean stop of the services. When the owner is gone, however it went, the
 * channel closes, and the guard stops the server. It holds the lock of the store as long as it lives:
 * no two guards have servers on one store.
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
 * From here on Go collects garbage more often; without it the server keeps twice what it needs
 * (docs/performance-notes.md). It is no bound: what is needed is taken.
 */
const MEMORY_LIMIT = '180MiB';

/** Longer than another guard takes to stop the server of an owner that has died. */
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
// An owner that died while this file was being loaded was not heard.
if (!process.connected) stop();

async function guard(program: string, config: string): Promise<void> {
  const storeDir = dirname(config);
  const lock = await lockStore(storeDir, LOCK_TIMEOUT_MS, () => stopping);
  if (lock === undefined) {
    if (!stopping) report({ kind: 'in-use' });
    leave(1);
    return;
  }
  // A guard that was killed left its server behind.
  const ended = await endServers(config, SERVER_STOP_TIMEOUT_MS);
  // Into the server's log, where its output goes.
  if (ended.length > 0) console.error(`ended what killed guards left: ${ended.join(', ')}`);
  if (stopping) {
    leave(1);
    return;
  }
  start(program, config);
}

/**
 * The server works in the folder of its store and names its files relative to it: should another folder
 * be put in that one's place, it goes on in the folder that it began in.
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
  // The report is on its way.
  await delay(0);
  leave(1);
});
