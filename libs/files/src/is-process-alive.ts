import { readFileSync } from 'node:fs';
import { isErrno } from './errno.js';

/** Identifies a process of this computer, even if its number is later given to another process. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Its start time as the kernel states it; null where the kernel does not. */
  readonly start: string | null;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, start: readProcessStart(process.pid) };
}

/**
 * Whether a process runs on this computer. If only its number is known, this may be another process
 * that got the same number. One that has ended and was not yet collected by its parent counts as
 * alive.
 */
export function isProcessAlive({ pid, start }: { pid: number; start?: string | null }): boolean {
  // Zero and below mean groups of processes.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: the process exists and belongs to another user.
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
