/**
 * The process between the owner and its nats-server: `broker-guard.js <nats-server> <config>`.
 * It leads a process group of its own, so Ctrl-C in the owner's terminal does not reach it: the
 * server outlives the clean stop of the services. When the owner is gone, however it went, the
 * channel closes, and the guard stops the server.
 */
import { spawn } from 'node:child_process';
import { SERVER_STOP_TIMEOUT_MS, type GuardReport } from './guard-protocol.js';

const [binary, configPath] = process.argv.slice(2);
if (binary === undefined || configPath === undefined) {
  throw new Error('broker-guard needs the paths of nats-server and of its configuration');
}

const server = spawn(binary, ['--config', configPath], { stdio: ['ignore', 'inherit', 'inherit'] });

function report(message: GuardReport): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

let stopping = false;
function stop(): void {
  if (stopping) return;
  stopping = true;
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), SERVER_STOP_TIMEOUT_MS).unref();
}

server.on('spawn', () => {
  if (server.pid !== undefined) report({ kind: 'started', pid: server.pid });
});
server.on('error', (error) => {
  report({ kind: 'failed', message: error.message });
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
server.on('exit', (code, signal) => {
  report({ kind: 'exited', code, signal });
  process.exitCode = code ?? 1;
  if (process.connected) process.disconnect();
});

process.on('message', stop);
process.on('disconnect', stop);
process.on('SIGTERM', stop);
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
