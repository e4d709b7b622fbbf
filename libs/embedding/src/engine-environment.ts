import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** For reading files while every core decodes. */
const SPARE_THREADS = 2;

/**
 * Environment variables for a process that embeds, where glibc allocates memory. Images take
 * megabytes each and are freed soon; blocks of less than 16 MB are kept for the next image. If they
 * were returned to the system, they would be cleared and mapped again page by page. If each thread
 * kept its own arena, as is glibc's default, memory use would add up.
 */
const engineMemory = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '16777216',
  MALLOC_TRIM_THRESHOLD_: '33554432',
} as const;

/**
 * The same, and threads for everything that libuv's pool does for an engine: decoding JPEG and
 * WebP, inflating entries and reading files. By default it has four, whatever the machine has.
 */
export const engineEnvironment: Readonly<Record<string, string>> = {
  ...engineMemory,
  UV_THREADPOOL_SIZE: String(Math.max(4, availableParallelism() + SPARE_THREADS)),
};

/**
 * Lets the heap grow to eleven times the live objects. By default V8 collects the whole heap after
 * two or three images, because their bytes count as heap, and finds the same few megabytes alive.
 */
export function deferGarbageCollection(): void {
  setFlagsFromString('--heap-growing-percent=1000');
}
