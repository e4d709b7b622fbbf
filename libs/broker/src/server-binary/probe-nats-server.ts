import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { toError } from '@cullstream/bus';

const run = promisify(execFile);

/** Oldest server this project works with. */
export const OLDEST_VERSION = '2.9.10';
const PROBE_TIMEOUT_MS = 10_000;

/** @returns the version, `2.9.10`. @throws {Error} when the program is no usable nats-server. */
export async function probeNatsServer(path: string): Promise<string> {
  const answer = await versionAnswer(path);
  const version = /nats-server: v(\d+\.\d+\.\d+)/.exec(answer)?.[1];
  if (version === undefined) throw new Error(`${path} does not say that it is a nats-server`);
  if (compareVersions(version, OLDEST_VERSION) < 0) {
    throw new Error(`${path} is version ${version}; ${OLDEST_VERSION} or newer is needed`);
  }
  return version;
}

async function versionAnswer(path: string): Promise<string> {
  try {
    return (await run(path, ['--version'], { timeout: PROBE_TIMEOUT_MS })).stdout;
  } catch (thrown) {
    const cause = toError(thrown);
    throw new Error(`${path} cannot be run: ${cause.message}`, { cause });
  }
}

/** Negative where `a` is older than `b`. */
export function compareVersions(a: string, b: string): number {
  const right = b.split('.').map(Number);
  for (const [index, part] of a.split('.').map(Number).entries()) {
    const difference = part - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
