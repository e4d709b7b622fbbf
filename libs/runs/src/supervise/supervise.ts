import { fork, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { STOP_DEADLINE_MS } from '@cullstream/runtime';
import { describeEnd } from './describe-end.js';
import type { LastWill } from './last-will.js';
import { RestartDelays } from '@cullstream/broker';
import { fatalMessageIn } from './service-log.js';

export const serviceNames = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface SuperviseOptions {
  /** What is started. */
  readonly program: string;
  /** Variables of the services beside those of this process. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether it gives way to whatever else works on the machine. */
  readonly isGuest?: boolean;
  /** Whether it may be started again now: its data folder is there. */
  readonly mayStart?: () => Promise<boolean>;
  /** Ends it when this process is gone and it does not notice. */
  readonly lastWill: LastWill;
  readonly onLogLine: (service: ServiceName, line: string) => void;
  readonly onRestart: (service: ServiceName, how: string, why: string) => void;
}

/** A service that cannot be kept alive. */
export class ServiceEndedError extends Error {
  override readonly name = 'ServiceEndedError';
  readonly service: ServiceName;
  readonly exitCode: number | null;
  constructor(service: ServiceName, exitCode: number | null, message: string) {
    super(message);
    this.service = service;
    this.exitCode = exitCode;
  }
}

export interface SupervisedService {
  /**
   * Resolves when the service ended by itself with success. Rejects with a ConfigurationError of what
   * it said where it refuses to work, with a ServiceEndedError where it cannot be kept alive.
   */
  readonly finished: Promise<void>;
  /**
   * Lets it finish what is in flight and end, until it is released; nothing where it has ended. One that
   * does not end in time is killed.
   */
  hold(): Promise<void>;
  /** Starts it again after `hold`. */
  release(): void;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Events are short-lived: collected in small portions they do not let the heap grow. It costs no time
 * that could be measured (docs/performance.md).
 */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=4';
const RESTART_DELAYS = { firstMs: 300, longestMs: 5_000, forgottenAfterMs: 60_000 };
/** Restarts within a minute after which a service is not kept alive any more. */
const MAX_RESTARTS_PER_MINUTE = 8;
const ASK_AGAIN_AFTER_MS = 1_000;
const USAGE_EXIT_CODE = 2;
/** Somewhat longer than a service takes by itself. */
const KILLED_AFTER_MS = STOP_DEADLINE_MS + 500;
/** What a disk keeps in the system cannot even be killed. */
const GONE_WITHIN_MS = 500;
/** Raw lines of one that breaks down tell why among the first. */
const MOST_RAW_LINES = 50;

/** Keeps one service process alive: it is started again until it ends with success or is stopped. */
export function supervise(service: ServiceName, options: SuperviseOptions): SupervisedService {
  const delays = new RestartDelays(RESTART_DELAYS);
  let reasons: string[] = [];
  let rawLines: string[] = [];
  let child: ChildProcess;
  let stopping = false;
  let held = false;
  let over = false;
  let exited: Promise<void>;
  let restart: NodeJS.Timeout | undefined;
  let start: () => void = () => undefined;
  const finished = new Promise<void>((resolve, reject) => {
    start = () => {
      reasons = [];
      rawLines = [];
      child = fork(options.program, {
        execArgv: [...process.execArgv, SMALL_YOUNG_GENERATION],
        env: options.environment,
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      const { pid } = child;
      if (pid !== undefined) options.lastWill.add(pid);
      if (options.isGuest === true) giveWay(pid);
      const { stderr } = child;
      if (stderr !== null) {
        createInterface({ input: stderr }).on('line', (line) => {
          const fatal = fatalMessageIn(line);
          if (fatal !== undefined) reasons.push(...fatal);
          else if (rawLines.length < MOST_RAW_LINES) rawLines.push(line);
          options.onLogLine(service, line);
        });
      }
      exited = new Promise((done) => {
        let wasHeld = false;
        child.once('exit', () => {
          wasHeld = held && !stopping;
          if (pid !== undefined) options.lastWill.remove(pid);
          done();
        });
        // What it said last may arrive after its end.
        child.once('close', (code, signal) => {
          if (wasHeld) return;
          over = true;
          if (code === 0 || stopping) return resolve();
          if (code === USAGE_EXIT_CODE) {
            return reject(new ConfigurationError(toProblems(service, reasons)));
          }
          const why = describeEnd({ code, signal, reasons, rawLines });
          const { delayMs, recentEnds } = delays.next();
          if (recentEnds > MAX_RESTARTS_PER_MINUTE) {
            const said = `the ${service} ended ${recentEnds} times within a minute, at last so: ${why}`;
            return reject(new ServiceEndedError(service, code, said));
          }
          over = false;
          const how = signal === null ? `code ${String(code)}` : `signal ${signal}`;
          options.onRestart(service, how, why);
          const startAgain = async () => {
            const isReady = (await options.mayStart?.()) ?? true;
            if (stopping) resolve();
            else if (held) return;
            else if (isReady) start();
            else restart = setTimeout(() => void startAgain(), ASK_AGAIN_AFTER_MS);
          };
          restart = setTimeout(() => void startAgain(), delayMs);
        });
      });
    };
    start();
  });
  finished.catch(() => undefined);
  return {
    finished,
    async hold() {
      if (over || held) return;
      held = true;
      clearTimeout(restart);
      await end(child, exited);
    },
    release() {
      if (!held || stopping) return;
      held = false;
      start();
    },
    async stop() {
      stopping = true;
      await end(child, exited);
    },
    kill() {
      stopping = true;
      child.kill('SIGKILL');
    },
  };
}

/** Politely first. Resolves when it is gone, or when nothing can end it. */
async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  child.kill('SIGTERM');
  const done = new AbortController();
  const { signal } = done;
  const wait = (ms: number) => delay(ms, 'late' as const, { signal }).catch(() => undefined);
  if ((await Promise.race([exited, wait(KILLED_AFTER_MS)])) === 'late') {
    child.kill('SIGKILL');
    await Promise.race([exited, wait(GONE_WITHIN_MS)]);
  }
  done.abort();
}

function toProblems(service: ServiceName, refusals: readonly string[]): string[] {
  if (refusals.length === 0) return [`the ${service} refuses its settings`];
  return refusals.map((refusal) => `the ${service} refuses: ${refusal}`);
}

function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system does not let it: then it works as all do.
  }
}
