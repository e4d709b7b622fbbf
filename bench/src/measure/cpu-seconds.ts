import { readFileSync } from 'node:fs';

/** Linux reports processor time in hundredths of a second on every kernel. */
const TICKS_A_SECOND = 100;

/** User and system time of all of these processes, in seconds, see proc(5). Linux only. */
export function readCpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return sum + (user + system) / TICKS_A_SECOND;
  }, 0);
}
