import { readFileSync } from 'node:fs';
import { isErrno } from './errno.js';

/** A process of this computer, known again although its number is given to others after its end. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, as the kernel says; null where the kernel does not say. */
  readonly start: string | null;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: readProcessStart(process.pid) };
}

/**
 * Whether a process is at work on this computer. With only a number this may be another one, that was
 * given the number since. One that ended and was not yet collected by its parent counts as alive.
 */
export function isProcessAlive({ pid, start }: { pid: number; start?: string | null }): boolean {
  // Zero and below mean groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there, and another user's.
    if (!isErrno(error, 'EPERM')) return false;
  }
  const now = readProcessStart(pid);
  return now === null || start === null || start === undefined || now === start;
}

/** Field 22 of `/proc/<pid>/stat`, in clock ticks since boot; null where there is no such file. */
function readProcessStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the program's name in parentheses and may hold spaces.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
