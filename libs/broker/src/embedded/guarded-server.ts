import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { ConfigurationError } from '@cullstream/contracts';
import type { GuardReport, GuardRequest } from './guard-protocol.js';

const require = createRequire(import.meta.url);

export interface ServerExit {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface GuardedServer {
  readonly guardPid: number;
  readonly serverPid: number;
  /** Settles when the server and its guard have ended, for any reason. Never rejects. */
  readonly exited: Promise<ServerExit>;
  /** Stops both. Resolves when they have ended. */
  stop(): Promise<void>;
}

/**
 * Starts a nats-server behind a guard process. The guard outlives this process until it has stopped
 * the server.
 * @param logFd open file that takes the server's output.
 * @throws {Error} when the program cannot be run.
 */
export async function startGuardedServer(
  binary: string,
  configPath: string,
  logFd: number,
): Promise<GuardedServer> {
  const guard = fork(require.resolve('@cullstream/broker/broker-guard'), [binary, configPath], {
    detached: true,
    execArgv: [],
    stdio: ['ignore', logFd, logFd, 'ipc'],
  });
  const guardGone = new Promise<ServerExit>((resolve) => {
    guard.once('exit', (code, signal) => resolve({ code, signal }));
    guard.once('error', () => resolve({ code: null, signal: null }));
  });
  const serverPid = await startedPid(guard, guardGone, { binary, configPath });
  const exited = serverExit(guard, guardGone, serverPid);
  return {
    guardPid: guard.pid ?? 0,
    serverPid,
    exited,
    async stop() {
      if (guard.connected) guard.send({ kind: 'stop' } satisfies GuardRequest, () => undefined);
      await exited;
    },
  };
}

async function startedPid(
  guard: ChildProcess,
  guardGone: Promise<ServerExit>,
  { binary, configPath }: { binary: string; configPath: string },
): Promise<number> {
  const report = await Promise.race([
    once(guard, 'message').then(([message]) => message as GuardReport),
    guardGone.then((exit) => ({ kind: 'exited', ...exit }) satisfies GuardReport),
  ]);
  switch (report.kind) {
    case 'started':
      return report.pid;
    case 'failed':
      throw new Error(`${binary} cannot be run: ${report.message}`);
    case 'in-use':
      throw new ConfigurationError([
        `${dirname(configPath)} is in use by another nats-server: wait for it to end, or choose ` +
          'another data folder',
      ]);
    case 'exited':
      throw new Error(`the guard of ${binary} ended with ${report.code ?? report.signal ?? '?'}`);
  }
}

/**
 * When this resolves, both have ended, so the store is free. If the guard itself was killed,
 * nothing watches the server any more, so it is stopped too.
 */
async function serverExit(
  guard: ChildProcess,
  guardGone: Promise<ServerExit>,
  serverPid: number,
): Promise<ServerExit> {
  const reported = new Promise<ServerExit>((resolve) => {
    guard.on('message', (message: GuardReport) => {
      if (message.kind === 'exited') resolve({ code: message.code, signal: message.signal });
    });
  });
  const orphaned = guardGone.then((exit) => {
    if (exit.signal !== null) killQuietly(serverPid);
    return exit;
  });
  const exit = await Promise.race([reported, orphaned]);
  await guardGone;
  return exit;
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The server ended together with its guard.
  }
}
