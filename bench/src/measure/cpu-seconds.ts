import { readFileSync } from 'node:fs';

/** Linux reports processor time in hundredths of a second on every kernel. */
const TICKS_A_SECOND = 100;
/** Fields of `/proc/<pid>/stat` after the command's name, see proc(5). */
const field = { userTicks: 11, systemTicks: 12 };

/** User and system time of all of these processes, in seconds. Linux only. */
export function readCpuSeconds(pids: readonly number[]): number {
  return pids.reduce(
    (sum, pid) => sum + toCpuSeconds(readFileSync(`/proc/${pid}/stat`, 'utf8')),
    0,
  );
}

/** User and system time of a line of `/proc/.../stat`, in seconds; 0 without one. */
export function toCpuSeconds(stat: string): number {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = (fields[field.userTicks] ?? 0) + (fields[field.systemTicks] ?? 0);
  return ticks / TICKS_A_SECOND;
}
