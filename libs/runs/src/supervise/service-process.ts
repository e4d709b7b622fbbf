import { fork } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { STOP_DEADLINE_MS } from '@cullstream/runtime';
import type { ProcessEnd } from './describe-process-end.js';
import type { ChildReaper } from './child-reaper.js';
import type { ServiceName } from './service-name.js';
import { fatalMessageIn } from './service-log.js';

/** A service, from its start to its end. Only tests let one work in their own process. */
export interface ServiceProcess {
  /** Asks the process to end, and kills it later. Resolves when it is gone, or when nothing can end it. */
  end(): Promise<void>;
  kill(): void;
}

export interface ServiceProcessOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly isGuest?: boolean | undefined;
  /** Whether it has few images to handle. */
  readonly isShort?: boolean | undefined;
  /** A program that does not run by then is killed. */
  readonly beginsWithinMs?: number | undefined;
  readonly lastWill: ChildReaper;
  readonly onLogLine: (line: string) => void;
  /** It is gone; what it said last may still arrive. */
  readonly onExited: () => void;
  /** All that it said has arrived. */
  readonly onClosed: (end: ProcessEnd) => void;
}

export type StartService = (service: ServiceName, options: ServiceProcessOptions) => ServiceProcess;

/**
 * Events are short-lived: collected in small portions they do not let the heap grow. It costs no time
 * that could be measured (docs/performance-notes.md).
 */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=4';
/**
 * For a service with few images: V8 optimises functions after fifteen times as much work as by default,
 * since the service ends before that pays off (docs/performance-notes.md). Only Node 20 knows the flag;
 * another would not start with it.
 */
const LATE_OPTIMISATION = process.versions.node.startsWith('20.')
  ? ['--interrupt-budget=1000000']
  : [];
/**
 * A program runs after half a second, and after some seconds on a busy machine. Node can block for ever
 * while it starts, where the system gives it no memory for a thread.
 */
const BEGINS_WITHIN_MS = 60_000;
/** Somewhat longer than a service takes by itself. */
const KILLED_AFTER_MS = STOP_DEADLINE_MS + 500;
/** What a disk keeps in the system cannot even be killed. */
const GONE_WITHIN_MS = 500;
/** Raw lines of one that breaks down tell why among the first. */
const MOST_RAW_LINES = 50;

/** @param program is started as a process of Node */
export function startServiceProcess(
  program: string,
  options: ServiceProcessOptions,
): ServiceProcess {
  const reasons: string[] = [];
  const rawLines: string[] = [];
  const child = fork(program, {
    execArgv: [
      ...process.execArgv,
      SMALL_YOUNG_GENERATION,
      ...(options.isShort === true ? LATE_OPTIMISATION : []),
    ],
    env: options.environment,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const { pid, stderr } = child;
  if (pid !== undefined) options.lastWill.add(pid);
  if (options.isGuest === true) lowerPriority(pid);
  const { beginsWithinMs = BEGINS_WITHIN_MS } = options;
  const watch = setTimeout(() => {
    reasons.push(`its program did not begin within ${beginsWithinMs / 1_000} s and was killed`);
    child.kill('SIGKILL');
  }, beginsWithinMs);
  child.once('message', () => clearTimeout(watch));
  if (stderr !== null) {
    createInterface({ input: stderr }).on('line', (line) => {
      const fatal = fatalMessageIn(line);
      if (fatal !== undefined) reasons.push(...fatal);
      else if (rawLines.length < MOST_RAW_LINES) rawLines.push(line);
      options.onLogLine(line);
    });
  }
  const exited = new Promise<void>((done) => {
    child.once('exit', () => {
      clearTimeout(watch);
      if (pid !== undefined) options.lastWill.remove(pid);
      options.onExited();
      done();
    });
  });
  child.once('close', (code, signal) => options.onClosed({ code, signal, reasons, rawLines }));
  return {
    async end() {
      child.kill('SIGTERM');
      const done = new AbortController();
      const { signal } = done;
      const wait = (ms: number) => delay(ms, 'late' as const, { signal }).catch(() => undefined);
      if ((await Promise.race([exited, wait(KILLED_AFTER_MS)])) === 'late') {
        child.kill('SIGKILL');
        await Promise.race([exited, wait(GONE_WITHIN_MS)]);
      }
      done.abort();
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The process has ended, or the system forbids it: it keeps its normal priority.
  }
}
