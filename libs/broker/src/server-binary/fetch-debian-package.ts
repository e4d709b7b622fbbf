import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { toError } from '@cullstream/bus';

const run = promisify(execFile);
const TIMEOUT_MS = 5 * 60_000;
const PACKAGE = 'nats-server';

/**
 * Downloads and unpacks Debian's package with the machine's own sources and keys, but with lists
 * and caches below `workDir`: it needs no root, and the machine's apt is left as it was. apt checks
 * signatures and checksums.
 * @param path value of PATH to find apt-get and dpkg-deb on.
 * @returns the path of the program below `workDir`.
 * @throws {Error} when a step fails, as a sentence; its output is the cause.
 */
export async function fetchDebianPackage(workDir: string, path: string): Promise<string> {
  const lists = join(workDir, 'lists');
  const cache = join(workDir, 'cache');
  await mkdir(join(lists, 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const options = [
    ['Dir::State::Lists', lists],
    ['Dir::Cache', cache],
    ['Dir::State::Status', '/dev/null'],
    ['Dir::Log', workDir],
    ['Acquire::Languages', 'none'],
    ['Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled', 'false'],
    ['APT::Sandbox::User', userInfo().username],
    ['Debug::NoLocking', 'true'],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const env = { PATH: path, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' };

  async function step(command: string, args: readonly string[]): Promise<void> {
    try {
      await run(command, args, { cwd: workDir, env, timeout: TIMEOUT_MS });
    } catch (thrown) {
      const cause = toError(thrown);
      throw new Error(toMessage(command, cause), { cause });
    }
  }

  // A source that cannot be reached (that of a third party, for example) must not matter: if the
  // package is missing, the download fails.
  const update = await step('apt-get', [...options, '-qq', 'update']).catch(toError);
  try {
    await step('apt-get', [...options, '-qq', 'download', PACKAGE]);
  } catch (error) {
    throw update ?? error;
  }
  const deb = (await readdir(workDir)).find((name) => name.endsWith('.deb'));
  if (deb === undefined) throw new Error(`apt-get download ${PACKAGE} left no package`);
  const tree = join(workDir, 'tree');
  await step('dpkg-deb', ['-x', join(workDir, deb), tree]);
  return programIn(tree);
}

function toMessage(command: string, error: Error): string {
  if ('code' in error && error.code === 'ENOENT') return `this machine has no ${command}`;
  if (/no space left on device/i.test(error.message)) return 'the disk of the cache is full';
  return command === 'apt-get'
    ? 'apt-get cannot fetch it: no network, or no source of packages that has it'
    : `${command} cannot unpack it`;
}

async function programIn(tree: string): Promise<string> {
  for (const folder of ['usr/sbin', 'usr/bin']) {
    const path = join(tree, folder, 'nats-server');
    if (
      await stat(path).then(
        (found) => found.isFile(),
        () => false,
      )
    )
      return path;
  }
  throw new Error(`Debian's package ${PACKAGE} has no program of that name`);
}
