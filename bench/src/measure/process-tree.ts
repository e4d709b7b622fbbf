import { readFileSync } from 'node:fs';

/** What one process used until it was last seen. */
export interface ProcessUse {
  /** A service, `broker`, or `command`. */
  readonly name: string;
  readonly pid: number;
  /** User and system time, in seconds. */
  readonly cpuSeconds: number;
  /** That of its main thread, each time it was seen: when, in milliseconds, and seconds until then. */
  readonly mainThread: readonly { readonly atMs: number; readonly cpuSeconds: number }[];
  /** The most resident memory at any time (`VmHWM`), in bytes: shared pages count fully. */
  readonly peakResidentBytes: number;
  /** The most proportional set size seen (`Pss`), in bytes: shared pages count by their share. */
  readonly peakProportionalBytes: number;
}

interface Entry {
  readonly pid: number;
  readonly cpuTicks: number;
  readonly command: string;
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock. */
const TICKS_A_SECOND = 100;
/** Fields of `/proc/<pid>/stat` after the command's name, see proc(5). */
const field = { userTicks: 11, systemTicks: 12 };

/**
 * Follows the processes below one, until it is told to stop. Linux only. Looking costs milliseconds of
 * a core, most of them for the proportional set size, so it is not to be done often.
 * @param onFound is told of each process when it is first seen
 */
export function watchProcessTree(
  root: number,
  everyMs = 2_000,
  onFound: (found: ProcessUse) => void = () => undefined,
): { stop(): ProcessUse[] } {
  const seen = new Map<number, ProcessUse>();
  const look = () => {
    for (const entry of treeBelow(root)) {
      const before = seen.get(entry.pid);
      const use = toUse(entry, root, before);
      seen.set(entry.pid, use);
      if (before === undefined) onFound(use);
    }
  };
  const timer = setInterval(look, everyMs);
  look();
  return {
    stop() {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
}

/** The most proportional set size that any of these had, in megabytes. */
export function mostProportionalMb(processes: readonly ProcessUse[]): number {
  return Math.max(...processes.map((each) => each.peakProportionalBytes)) / 1e6;
}

function toUse(entry: Entry, root: number, before: ProcessUse | undefined): ProcessUse {
  const { pid, cpuTicks } = entry;
  return {
    name: toName(entry, root),
    pid,
    cpuSeconds: cpuTicks / TICKS_A_SECOND,
    mainThread: [...(before?.mainThread ?? []), readMainThread(pid)],
    peakResidentBytes: Math.max(
      before?.peakResidentBytes ?? 0,
      sizeIn(`/proc/${pid}/status`, 'VmHWM'),
    ),
    peakProportionalBytes: Math.max(
      before?.peakProportionalBytes ?? 0,
      sizeIn(`/proc/${pid}/smaps_rollup`, 'Pss'),
    ),
  };
}

function readMainThread(pid: number) {
  const stat = readIfThere(`/proc/${pid}/task/${pid}/stat`) ?? '';
  return { atMs: Date.now(), cpuSeconds: toCpuTicks(stat) / TICKS_A_SECOND };
}

/** User and system time of a line of `/proc/.../stat`. */
function toCpuTicks(stat: string): number {
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return (fields[field.userTicks] ?? 0) + (fields[field.systemTicks] ?? 0);
}

function toName({ pid, command }: Entry, root: number): string {
  if (pid === root) return 'command';
  if (command.includes('broker-guard')) return 'broker guard';
  if (command.includes('nats-server')) return 'broker';
  return /\/(\w+)\/build\/main\.js/.exec(command)?.[1] ?? 'other';
}

function treeBelow(root: number): Entry[] {
  const found = readEntry(root);
  if (found === undefined) return [];
  return [found, ...readChildren(root).flatMap(treeBelow)];
}

/** Node starts processes on its main thread, whose children these are. */
function readChildren(pid: number): number[] {
  const text = readIfThere(`/proc/${pid}/task/${pid}/children`) ?? '';
  return text.split(' ').filter(Boolean).map(Number);
}

function readEntry(pid: number): Entry | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  const command = readIfThere(`/proc/${pid}/cmdline`);
  if (stat === undefined || command === undefined) return undefined;
  return {
    pid,
    cpuTicks: toCpuTicks(stat),
    command: command.replaceAll('\0', ' '),
  };
}

function sizeIn(path: string, name: string): number {
  const text = readIfThere(path) ?? '';
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return Number(kilobytes ?? 0) * 1_024;
}

/** A process may end at any time, and its files with it. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
