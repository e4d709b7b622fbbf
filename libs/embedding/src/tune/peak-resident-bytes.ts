import { readFileSync } from 'node:fs';

/**
 * The most resident memory this process has had, in bytes. Where the system tells only of all that ever ran
 * under its number, as `getrusage` does, what its parent had when it started it counts as well.
 */
export function peakResidentBytes(): number {
  const kilobytes = process.platform === 'linux' ? highWaterMark() : undefined;
  return (kilobytes ?? process.resourceUsage().maxRSS) * 1_024;
}

/** `VmHWM` of /proc/self/status, see proc(5). */
function highWaterMark(): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes);
}
