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
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent, command }];
      } catch {
        return [];
      }
    });
}

/** The processes of one service below the command with that pid. */
export function findService(cliPid: number, service: string): number[] {
  return listProcesses()
    .filter(({ parent, command }) => parent === cliPid && command.includes(`/${service}/build/`))
    .map(({ pid }) => pid);
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
 */
export async function holdService(cliPid: number, service: string): Promise<() => void> {
  const pids = await waitFor(
    () => {
      const stopped = findService(cliPid, service).filter((pid) => signal(pid, 'SIGSTOP'));
      return stopped.length > 0 && stopped;
    },
    { what: `the ${service}`, timeoutMs: 60_000 },
  );
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
