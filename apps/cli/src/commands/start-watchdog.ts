import { spawn } from 'node:child_process';

/**
 * Reads until the process that started it has ended. Ends that one some time after it was asked to end,
 * which it does by itself unless a call holds its only thread.
 */
const SCRIPT = `
killer=
asked=0
stop_waiting() { [ -z "$killer" ] || kill "$killer" 2>/dev/null; }
end_in() {
  stop_waiting
  (
    sleep "$1" >/dev/null 2>&1 3<&-
    echo 'ended: something did not answer for so long; the same command resumes' >&2
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

/**
 * Sees to it that a Ctrl-C ends this process even while it waits for something that never answers, as a
 * database on a drive that is gone: no handler of it runs then. The terminal tells the shell, too.
 * @param afterSeconds the first signal, and the second
 */
export function startWatchdog(afterSeconds: readonly [first: number, second: number]): void {
  if (process.platform === 'win32') return;
  const shell = spawn('sh', ['-c', SCRIPT, 'watchdog', ...afterSeconds.map(String)], {
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
  });
  // Without it all is as it is where nothing hangs.
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
}
