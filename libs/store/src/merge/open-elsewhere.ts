import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';

const PROCESSES = '/proc';

/**
 * Whether another process has the file open, even without a lock. True if that cannot be found out.
 * Processes of other users and in other containers are not seen.
 */
export function isOpenElsewhere(path: string): boolean {
  const others = process.platform === 'linux' ? openersInProc(path) : openersByLsof(path);
  return others?.some((pid) => pid !== process.pid) ?? true;
}

function openersInProc(path: string): number[] | undefined {
  const wanted = statSync(path, { bigint: true });
  const processes = listed(PROCESSES).filter((name) => /^\d+$/.test(name));
  if (processes.length === 0) return undefined;
  return processes.map(Number).filter((pid) => {
    const files = `${PROCESSES}/${pid}/fd`;
    return listed(files).some((name) => {
      const open = readStat(`${files}/${name}`);
      return open?.ino === wanted.ino && open.dev === wanted.dev;
    });
  });
}

/** `lsof -t` ends with 1 and prints nothing if no process has the file open. */
function openersByLsof(path: string): number[] | undefined {
  const { status, stdout, stderr } = spawnSync('lsof', ['-t', '--', path], { encoding: 'utf8' });
  if (status === null || (status !== 0 && stderr !== '')) return undefined;
  return stdout.split('\n').filter(Boolean).map(Number);
}

/** Empty for a process that has ended meanwhile or that may not be inspected. */
function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readStat(path: string) {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
