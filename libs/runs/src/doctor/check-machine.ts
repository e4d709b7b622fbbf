import { access, constants, statfs } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { openOriginals, requireOriginals } from '@cullstream/imaging/archive';
import type { DoctorFinding } from './finding.js';

const GIB = 1024 ** 3;
const LEAST_MEMORY_BYTES = 4 * GIB;
const LEAST_DISK_BYTES = 2 * GIB;

type Result = Omit<DoctorFinding, 'check'>;

/** Node's version against what package.json asks for. */
export function checkNode(version: string): Result {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported = major > 20 || (major === 20 && minor >= 19);
  return isSupported
    ? { state: 'ok', message: `Node ${version}` }
    : { state: 'error', message: `Node ${version}; cullstream needs 20.19 or newer` };
}

export function checkResources(): Result {
  const memory = totalmem();
  const message = `${availableParallelism()} cores, ${(memory / GIB).toFixed(1)} GiB of memory`;
  if (memory >= LEAST_MEMORY_BYTES) return { state: 'ok', message };
  return { state: 'warning', message: `${message}; full-size CLIP takes about 1.5 GiB` };
}

/** Whether originals can be read; they are never written. */
export async function checkReadable(place: string): Promise<Result> {
  await requireOriginals(openOriginals(place));
  return { state: 'ok', message: `${place} can be read` };
}

/** Whether results can be written, and how much room there is. */
export async function checkWritable(path: string): Promise<Result> {
  const existing = await firstExisting(path);
  await access(existing, constants.W_OK);
  const { bavail, bsize } = await statfs(existing);
  const free = bavail * bsize;
  const message = `${path} can be written, ${(free / GIB).toFixed(1)} GiB free`;
  return free >= LEAST_DISK_BYTES ? { state: 'ok', message } : { state: 'warning', message };
}

async function firstExisting(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return firstExisting(parent);
  }
}
