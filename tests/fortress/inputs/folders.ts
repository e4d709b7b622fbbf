import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileInput, type FileInput, type FortressInput } from '../fortress-input.js';
import { picture } from './archives.js';

const SOUND = /"sound\.png": 4 x 3/;
const isUnix = process.platform !== 'win32';

function folder(
  name: string,
  make: (path: string) => void | Promise<void>,
  says: readonly RegExp[],
  limits: Partial<FortressInput> = {},
): FileInput {
  const makeAll = async (path: string) => {
    mkdirSync(path);
    writeFileSync(join(path, 'sound.png'), picture);
    await make(path);
  };
  return fileInput('source', `folder: ${name}`, 'shots', makeAll, says, {
    isPossible: isUnix,
    ...limits,
  });
}

export const smallFolders: readonly FileInput[] = [
  folder(
    'links in a circle',
    (path) => {
      symlinkSync('.', join(path, 'here'));
      symlinkSync('b.png', join(path, 'a.png'));
      symlinkSync('a.png', join(path, 'b.png'));
    },
    [SOUND],
  ),
  folder(
    'links to devices and system files',
    (path) => {
      symlinkSync('/dev/zero', join(path, 'zero.png'));
      symlinkSync('/etc', join(path, 'etc'));
      symlinkSync('/etc/hostname', join(path, 'hostname.png'));
      symlinkSync('/proc/self/mem', join(path, 'memory.jpg'));
    },
    [SOUND],
  ),
  folder(
    'a pipe and a socket',
    async (path) => {
      spawnSync('mkfifo', [join(path, 'pipe.png')]);
      const server = createServer().listen(join(path, 'socket.png'));
      await new Promise((resolve) => server.once('listening', resolve));
      server.unref();
    },
    [SOUND],
    // Elsewhere the path of a socket may be too long in the folder for temporary files.
    { isPossible: process.platform === 'linux' },
  ),
  folder(
    'a file that may not be read',
    (path) => {
      writeFileSync(join(path, 'mine.png'), picture);
      chmodSync(join(path, 'mine.png'), 0);
    },
    [SOUND],
  ),
  folder(
    'folders in folders, 300 deep',
    (path) => {
      mkdirSync(join(path, 'd/'.repeat(300)), { recursive: true });
      writeFileSync(join(path, 'd/'.repeat(300), 'deep.png'), picture);
    },
    [SOUND, /deep\.png": 4 x 3/],
  ),
  folder(
    'names of control characters',
    (path) => {
      for (const name of [
        '\x1b[2J.png',
        'new\nline.png',
        '-rf.png',
        '$(id).png',
        '\u202egnp.png',
      ]) {
        writeFileSync(join(path, name), picture);
      }
    },
    [SOUND, /6 images/],
  ),
];

export const largeFolders: readonly FileInput[] = [
  folder(
    '50,000 files',
    (path) => {
      for (let at = 0; at < 50_000; at++) writeFileSync(join(path, `${at}.txt`), '');
    },
    [SOUND, /: 1 images/],
    { seconds: 15, megabytes: 450 },
  ),
];
