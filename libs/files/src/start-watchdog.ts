import { spawn } from 'node:child_process';

/**
 * Reads until the parent process has ended. Kills the parent some time after it was asked to end,
 * which is needed only if a system call blocks the parent's only thread.
 */
const SCRIPT = `
killer=
asked=0
message=$3
stop_waiting() { [ -z "$killer" ] || kill "$killer" 2>/dev/null; }
end_in() {
  stop_waiting
  (
    sleep "$1" >/dev/null 2>&1 3<&-
    printf '%s\\n' "$message" >&2
    kill -KILL $PPID
  ) &
  killer=$!
}
on_signal() {
  asked=$((asked + 1))
  case $asked in 1) end_in "$1" ;; 2) end_in "$2" ;; esac
}
trap 'on_signal "$@"' INT TERM
exec 3<&0
(trap '' HUP INT TERM; exec cat <&3 >/dev/null 2>&1) &
reader=$!
while kill -0 $reader 2>/dev/null; do wait $reader; done
stop_waiting
`;

export interface WatchdogOptions {
  /** Seconds after the first signal, and after the second. */
  readonly afterSeconds: readonly [first: number, second: number];
  /** Written to stderr when this process is killed. */
  readonly message: string;
}

/**
 * Makes sure that Ctrl-C ends this process even while a system call never returns, for example to a
 * database on a drive that was removed: no signal handler runs then. A child process (a shell) gets
 * the same signal from the terminal and kills this process after some time.
 */
export function startWatchdog({ afterSeconds, message }: WatchdogOptions): void {
  if (process.platform === 'win32') return;
  const shell = spawn('sh', ['-c', SCRIPT, 'watchdog', ...afterSeconds.map(String), message], {
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
  });
  // Without it, only a process with a blocked system call behaves differently.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
}
