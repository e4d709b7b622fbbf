import { statfs } from 'node:fs/promises';
import type { Logger } from '@cullstream/runtime';
import type { Broker } from './broker.js';

interface DiskWatch {
  /** Bytes left, once, when there are almost none. */
  readonly onFull: () => void;
  /** There is room again. */
  readonly onFreed: () => void;
}

const EVERY_MS = 1_000;
/** Less than this is full: a batch, or a block of a stream, may not fit any more. */
const FULL_BELOW_BYTES = 2 * 1024 * 1024;
const FREED_FROM_BYTES = 8 * 1024 * 1024;

/**
 * Says when the disk of a data folder is full, and once there is room again starts the broker anew: a
 * nats-server that could not write takes nothing more until then.
 * @returns what ends it
 */
export function keepBrokerWriting(
  dataDir: string,
  broker: Pick<Broker, 'restart'>,
  log: Logger,
): () => void {
  return watchDisk(dataDir, {
    onFull: () =>
      log.warn(`the disk is full: free some space below ${dataDir}, the work then goes on`),
    onFreed: () => void broker.restart(),
  });
}

/** Whether almost nothing more fits; false where the disk cannot be asked. */
export async function isDiskFull(folder: string): Promise<boolean> {
  const free = await bytesFree(folder).catch(() => Infinity);
  return free < FULL_BELOW_BYTES;
}

async function bytesFree(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

/**
 * Looks every second how much room a folder's disk has.
 * @returns what ends it
 */
function watchDisk(folder: string, { onFull, onFreed }: DiskWatch): () => void {
  let isFull = false;
  const look = async () => {
    const free = await bytesFree(folder);
    if (!isFull && free < FULL_BELOW_BYTES) {
      isFull = true;
      onFull();
    } else if (isFull && free >= FREED_FROM_BYTES) {
      isFull = false;
      onFreed();
    }
  };
  // A disk that cannot be asked tells its troubles to whoever writes to it.
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  return () => clearInterval(timer);
}
