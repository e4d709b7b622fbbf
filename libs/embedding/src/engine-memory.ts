import { setFlagsFromString } from 'node:v8';

/**
 * For the environment of a process that embeds, where glibc allocates: pictures come and go, megabytes
 * each, and what takes less than 16 is kept for the next one. Given back, it is cleared and handed out
 * anew page by page; kept in an arena a thread, as glibc does by itself, it adds up.
 */
export const engineMemory = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '16777216',
  MALLOC_TRIM_THRESHOLD_: '33554432',
} as const;

/**
 * Lets garbage grow to eleven times what is alive. By itself V8 looks through the whole heap after two
 * or three pictures, for their bytes count as heap, and finds the same few megabytes of objects alive.
 */
export function deferGarbageCollection(): void {
  setFlagsFromString('--heap-growing-percent=1000');
}
