import { readFileSync } from 'node:fs';
import { toCpuSeconds } from './cpu-seconds.js';

/** The resources that one process had used when it was last measured. */
export interface ProcessUse {
  /** Name of a service, `broker`, or `command`. */
  readonly name: string;
  readonly pid: number;
  /** User and system time, in seconds. */
  readonly cpuSeconds: number;
  /**
   * Processor time of its main thread at each measurement: time in milliseconds, and seconds used.
   */
  readonly mainThread: readonly { readonly atMs: number; readonly cpuSeconds: number }[];
  /** The peak resident memory (`VmHWM`), in bytes: shared pages count fully. */
  readonly peakResidentBytes: number;
  /**
   * The largest measured proportional set size (`Pss`), in bytes: shared pages count by their
   * share.
   */
  readonly peakProportionalBytes: number;
}

interface Entry {
  readonly pid: number;
  readonly cpuSeconds: number;
  readonly command: string;
}

/**
 * Measures the descendants of a process until it is stopped. Linux only. Each measurement takes
 * milliseconds of a core, mostly for the proportional set size, so it should not be done often.
 * @param onFound is called with each process when it is first found
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

/** The largest proportional set size of any of these processes, in megabytes. */
export function mostProportionalMb(processes: readonly ProcessUse[]): number {
  return Math.max(...processes.map((each) => each.peakProportionalBytes)) / 1e6;
}

function toUse(entry: Entry, root: number, before: ProcessUse | undefined): ProcessUse {
  const { pid, cpuSeconds } = entry;
  return {
    name: toName(entry, root),
    pid,
    cpuSeconds,
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
  return { atMs: Date.now(), cpuSeconds: toCpuSeconds(stat) };
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

/** Node starts child processes on its main thread, so they are listed there. */
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
    cpuSeconds: toCpuSeconds(stat),
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
