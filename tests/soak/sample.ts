import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { retryTransient } from '@cullstream/broker';
import { streams, type Bus } from '@cullstream/bus';
import { isErrno } from '@cullstream/files';

const MB = 1_000_000;

/** One process at one time. Undefined for one that has ended. */
export interface ProcessSample {
  /** All of its memory, each shared page in equal parts: PSS. */
  readonly pssMb: number;
  /** Without pages of files, which other programs share and so change. */
  readonly ownMb: number;
  readonly handles: number;
  readonly threads: number;
}

export function sampleProcess(pid: number): ProcessSample | undefined {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const kb = (name: string) =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? NaN);
    return {
      pssMb: (kb('Pss') * 1_024) / MB,
      ownMb: (kb('Pss_Anon') * 1_024) / MB,
      handles: readdirSync(`/proc/${pid}/fd`).length,
      threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1] ?? NaN),
    };
  } catch (error) {
    if (isErrno(error, 'ENOENT') || isErrno(error, 'ESRCH')) return undefined;
    throw error;
  }
}

/** Bytes that files occupy below a folder, or of one file; 0 where there is nothing. */
export function occupiedBytes(path: string): number {
  try {
    const stat = statSync(path);
    if (!stat.isDirectory()) return stat.blocks * 512;
    return readdirSync(path).reduce((sum, name) => sum + occupiedBytes(join(path, name)), 0);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 0;
    throw error;
  }
}

/** Messages that wait for a consumer, or were delivered and are not settled. A busy machine is asked again. */
export function countWaiting(bus: Bus): Promise<number> {
  return retryTransient(() => countOnce(bus));
}

async function countOnce(bus: Bus): Promise<number> {
  let waiting = 0;
  for (const { name } of [streams.images, streams.embeddings, streams.predictions]) {
    for await (const { num_pending, num_ack_pending } of bus.manager.consumers.list(name)) {
      waiting += num_pending + num_ack_pending;
    }
  }
  return waiting;
}
