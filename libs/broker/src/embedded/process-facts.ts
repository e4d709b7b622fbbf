import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isProcessAlive } from '@cullstream/files';

const run = promisify(execFile);
const POLL_MS = 25;

export function isAlive(pid: number): boolean {
  return isProcessAlive({ pid });
}

/** Whether a command line is that of a nats-server on a configuration. */
export function isServerCommand(line: string, configPath: string): boolean {
  const program = basename(line.split(' --config ')[0] ?? '');
  return program.startsWith('nats-server') && line.endsWith(` --config ${configPath}`);
}

/** Arguments of a running process, joined by spaces; empty when it is gone or cannot be asked. */
export async function commandLine(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
  } catch {
    return askPs(pid);
  }
}

async function askPs(pid: number): Promise<string> {
  try {
    return (await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)])).stdout.trim();
  } catch {
    return '';
  }
}

/** @returns whether the process was gone in time. A zombie counts as gone: its files are closed. */
export async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (isAlive(pid) && (await commandLine(pid)) !== '') {
    if (performance.now() > untilMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** SIGTERM, then SIGKILL. The caller has made sure whose process it is. */
export async function endProcess(pid: number, timeoutMs: number): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // Gone already.
    }
    if (await isGoneWithin(pid, timeoutMs)) return;
  }
}
