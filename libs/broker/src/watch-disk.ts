import { statfs } from 'node:fs/promises';
import { openDataFolder, type Logger } from '@cullstream/runtime';
import type { Broker } from './broker.js';

interface DiskWatch {
  /** Called once when almost nothing more fits: what is used up, and what to do. */
  readonly onFull: (what: string) => void;
  /** Called when there is space again. */
  readonly onFreed: () => void;
}

const EVERY_MS = 1_000;
/** Less free space counts as full: a batch, or a block of a stream, may not fit any more. */
const FULL_BELOW_BYTES = 2 * 1024 * 1024;
const FREED_FROM_BYTES = 8 * 1024 * 1024;
const FULL_BELOW_FILES = 8;
const FREED_FROM_FILES = 64;

/**
 * Reports when the disk of a data folder is full or missing. When it can be written again, starts
 * the broker again, because a nats-server that could not write does not accept messages any more.
 * @returns a function that ends the checks
 */
export function keepBrokerWriting(
  dataDir: string,
  broker: Pick<Broker, 'restart'>,
  log: Logger,
): () => void {
  const onFreed = () => void broker.restart();
  const unwatchFolder = watchFolder(dataDir, onFreed, log);
  const unwatchDisk = watchDisk(dataDir, {
    onFull: (what) => log.warn(`${what} below ${dataDir}, the work then goes on`),
    onFreed,
  });
  return () => {
    unwatchFolder();
    unwatchDisk();
  };
}

/** @param onBack called when the folder was missing and exists again */
function watchFolder(dataDir: string, onBack: () => void, log: Logger): () => void {
  const folder = openDataFolder(dataDir, log);
  let wasAway = false;
  const look = async () => {
    const isAway = (await folder.problem()) !== undefined;
    if (wasAway && !isAway) onBack();
    wasAway = isAway;
  };
  const timer = setInterval(() => void look(), EVERY_MS);
  return () => clearInterval(timer);
}

/**
 * What is used up and what to do when the disk is almost full; undefined where this is not known.
 */
export async function describeFullDisk(folder: string): Promise<string | undefined> {
  const free = await roomIn(folder).catch(() => undefined);
  return free && whatIsFull(free);
}

/** Free space. File systems that do not count their files have space for any number of them. */
interface Room {
  readonly bytes: number;
  readonly files: number;
}

async function roomIn(folder: string): Promise<Room> {
  const { bavail, bsize, files, ffree } = await statfs(folder);
  return { bytes: bavail * bsize, files: files === 0 ? Infinity : ffree };
}

function whatIsFull({ bytes, files }: Room): string | undefined {
  if (bytes < FULL_BELOW_BYTES) return 'the disk is full: free some space';
  if (files < FULL_BELOW_FILES) {
    return 'the disk has no free inodes, though it has free space: delete some of its many files';
  }
  return undefined;
}

/**
 * Checks the free space of a folder's disk every second.
 * @returns a function that ends the checks
 */
function watchDisk(folder: string, { onFull, onFreed }: DiskWatch): () => void {
  let isFull = false;
  const look = async () => {
    const free = await roomIn(folder);
    const full = whatIsFull(free);
    if (!isFull && full !== undefined) {
      isFull = true;
      onFull(full);
    } else if (isFull && free.bytes >= FREED_FROM_BYTES && free.files >= FREED_FROM_FILES) {
      isFull = false;
      onFreed();
    }
  };
  // Errors of a disk that cannot be checked are reported by the code that writes to it.
  const timer = setInterval(() => void look().catch(() => undefined), EVERY_MS);
  return () => clearInterval(timer);
}
