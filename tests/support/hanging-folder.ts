import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A folder on a separate file system that can be made to stop answering. */
export interface HangingFolder {
  /** `reads:<end of a path>`, `everything` or `nothing`. */
  hang(what: string): Promise<void>;
  /** Names of files whose calls were blocked, one for each call. */
  readonly hung: readonly string[];
  unmount(): void;
}

/** Whether this user may mount user-space file systems. */
export function canMount(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return spawnSync('unshare', ['--mount', 'true']).status === 0;
  } catch {
    return false;
  }
}

/** Mounts `folder` at `mountPoint`, which is made, as a separate file system. */
export async function mountHangingFolder(
  folder: string,
  mountPoint: string,
): Promise<HangingFolder> {
  mkdirSync(mountPoint, { recursive: true });
  const program = fileURLToPath(new URL('hanging-folder-server.js', import.meta.url));
  const server = fork(program, [folder, mountPoint], { execArgv: [] });
  const hung: string[] = [];
  server.on('message', (message: { hung?: string }) => {
    if (message.hung !== undefined) hung.push(message.hung);
  });
  const [{ mounted }] = (await once(server, 'message')) as [{ mounted?: boolean }];
  if (mounted !== true) throw new Error(`${mountPoint} could not be mounted`);
  return {
    hung,
    async hang(what) {
      const confirmed = new Promise<void>((resolve) => {
        server.on('message', (message: { hangs?: string }) => {
          if (message.hangs === what) resolve();
        });
      });
      server.send(what);
      await confirmed;
    },
    unmount() {
      server.kill('SIGKILL');
      spawnSync('umount', ['--lazy', mountPoint]);
    },
  };
}
