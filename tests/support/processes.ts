import { readdirSync, readFileSync } from 'node:fs';
import { isErrno } from '@cullstream/files';
import { waitFor } from '@cullstream/testing';

interface RunningProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes in `/proc`; those that end meanwhile are left out. */
export function listProcesses(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const [stat, command] = [readProc(`${name}/stat`), readProc(`${name}/cmdline`)];
      if (stat === undefined || command === undefined) return [];
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      return [{ pid: Number(name), parent, command: command.replaceAll('\0', ' ') }];
    });
}

/** The processes of one service below the command with that pid. Asked for often, so only its children are read. */
export function findService(cliPid: number, service: string): number[] {
  const children = readProc(`${cliPid}/task/${cliPid}/children`)?.split(' ').filter(Boolean) ?? [];
  return children
    .filter((pid) => readProc(`${pid}/cmdline`)?.includes(`/${service}/build/`) === true)
    .map(Number);
}

/** Undefined for a process that has ended. */
function readProc(path: string): string | undefined {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return undefined;
  }
}

/** False where the process has already ended by itself. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if (isErrno(error, 'ESRCH')) return false;
    throw error;
  }
}

/**
 * Suspends a service below the command with that pid as soon as it exists.
 * @returns a function that resumes it
 * @throws {Error} when the command ends before
 */
export async function holdService(cliPid: number, service: string): Promise<() => void> {
  const pids = await waitFor(
    () => {
      const stopped = findService(cliPid, service).filter((pid) => signal(pid, 'SIGSTOP'));
      if (stopped.length > 0) return stopped;
      return readProc(`${cliPid}/stat`) === undefined && 'ended';
    },
    { what: `the ${service}`, timeoutMs: 60_000 },
  );
  if (pids === 'ended') throw new Error(`the command ended before its ${service} was there`);
  return () => {
    for (const pid of pids) signal(pid, 'SIGCONT');
  };
}

/** The nats-server with its store below a data folder. Its guard has a different command line. */
export function findBroker(dataDir: string): number[] {
  return listProcesses()
    .filter(({ command }) => command.includes('nats-server --config ') && command.includes(dataDir))
    .map(({ pid }) => pid);
}

/** The peak resident memory, in megabytes; 0 for a process that has ended. */
export function peakMb(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
