import { readFileSync } from 'node:fs';

/**
 * The peak resident memory of this process, in bytes. Where the system only reports it for the
 * process id, as `getrusage` does, it includes that of the parent when it started this process.
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
