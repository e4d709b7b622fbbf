import { spawn } from 'node:child_process';
import type { Writable } from 'node:stream';

/** Longer than a service takes that is told to stop, or that notices by itself that this process is gone. */
const GRACE_SECONDS = 10;
/** Lines of a sign and a process number; at their end kills those that were added and not taken back. */
const SCRIPT = `
trap '' HUP INT QUIT TERM
all=' '
while read -r sign pid; do
  case $sign in
    +) all="$all$pid " ;;
    -) all="\${all%% $pid *} \${all#* $pid }" ;;
  esac
done
[ "$all" = ' ' ] || { sleep ${GRACE_SECONDS}; kill -KILL $all; } 2>/dev/null`;

/** Sees to it that child processes end after this one, however it ends and whatever they wait for. */
export interface ChildReaper {
  add(pid: number): void;
  remove(pid: number): void;
}

/**
 * A shell that waits for the end of this process: children notice it by themselves, unless a call of the
 * system that never returns keeps them from it. Windows ends them with their parent.
 */
export function createChildReaper(): ChildReaper {
  if (process.platform === 'win32') return { add: () => undefined, remove: () => undefined };
  let shell: Writable | undefined;
  const write = (line: string) => void (shell ??= startShell()).write(`${line}\n`);
  return { add: (pid) => write(`+ ${pid}`), remove: (pid) => write(`- ${pid}`) };
}

/** @returns its standard input */
function startShell(): Writable {
  const shell = spawn('sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  // Without the shell, children still end by themselves.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return shell.stdin;
}
