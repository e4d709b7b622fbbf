import { createHash } from 'node:crypto';
import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { toError } from '@cullstream/bus';
import { withoutRawErrors } from '@cullstream/runtime';
import type { OfficialRelease } from './official-releases.js';

const run = promisify(execFile);
const TIMEOUT_MS = 5 * 60_000;

/**
 * Downloads a release, checks its SHA-256 before it is opened, and unpacks it with `tar` (which on
 * Windows reads zip archives too).
 * @returns the path of the program below `workDir`.
 * @throws {Error} when the download fails or the file is not the pinned one.
 */
export async function fetchOfficialRelease(
  workDir: string,
  release: OfficialRelease,
): Promise<string> {
  const archive = join(workDir, 'release');
  const sha256 = await download(release.url, archive);
  if (sha256 !== release.sha256) {
    throw new Error(`${release.url} has SHA-256 ${sha256}, not ${release.sha256}: not used`);
  }
  const tree = join(workDir, 'release-tree');
  await mkdir(tree);
  await run('tar', ['-xf', archive, '-C', tree], { timeout: TIMEOUT_MS });
  const files = await readdir(tree, { recursive: true });
  const program = files.find((file) => /(?:^|[\\/])nats-server(?:\.exe)?$/.test(file));
  if (program === undefined) throw new Error(`${release.url} holds no nats-server`);
  return join(tree, program);
}

/** @returns the SHA-256 of what was stored, lower-case hex. */
async function download(url: string, target: string): Promise<string> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok || response.body === null) throw new Error(`HTTP status ${response.status}`);
    const hash = createHash('sha256');
    const hashing = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    await pipeline(Readable.fromWeb(response.body), hashing, createWriteStream(target));
    return hash.digest('hex');
  } catch (thrown) {
    const cause = toError(thrown);
    throw new Error(`${url} cannot be downloaded: ${toReason(cause, url)}`, { cause });
  }
}

/** When the network is down, the message of `fetch` names neither the network nor the host. */
function toReason(error: Error, url: string): string {
  return error.message === 'fetch failed'
    ? `${new URL(url).host} cannot be reached`
    : withoutRawErrors(error.message);
}
