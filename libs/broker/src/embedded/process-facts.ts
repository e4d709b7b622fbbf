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

/** Whether a command line is that of a nats-server with the given configuration. */
export function isServerCommand(line: string, configPath: string): boolean {
  const program = basename(line.split(' --config ')[0] ?? '');
  return program.startsWith('nats-server') && line.endsWith(` --config ${configPath}`);
}

/** Arguments of a running process, joined by spaces; empty when it has ended or cannot be read. */
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

/** @returns whether the process ended in time. A zombie counts as ended: its files are closed. */
export async function isGoneWithin(pid: number, timeoutMs: number): Promise<boolean> {
  const untilMs = performance.now() + timeoutMs;
  while (isAlive(pid) && (await commandLine(pid)) !== '') {
    if (performance.now() > untilMs) return false;
    await delay(POLL_MS);
  }
  return true;
}

/** SIGTERM, then SIGKILL. The caller must have checked which process it is. */
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
