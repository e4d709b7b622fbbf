import { ConfigurationError, writeSettings } from '@cullstream/contracts';
import type { z } from 'zod';
import { startHealthServer } from './health/health-server.js';
import { refuseWritesIntoOriginals } from './folders/refuse-writes-into-originals.js';
import { createHealth } from './health/health.js';
import { findNativeProblem, isWantOfMemory } from './native-problem.js';
import { createLogger, type Logger, type LogSink } from './logger.js';
import { createServiceMetrics } from './metrics/service-metrics.js';
import type { ServiceContext } from './service-context.js';
import type { serviceSettings } from './service-settings.js';
import {
  environmentSource,
  parseSettings,
  toVariableName,
  writeVariable,
  type SettingsSchema,
} from './settings.js';
import { findUnknownVariables } from './user-files/unknown-variables.js';
import { startTracing } from './tracing/start-tracing.js';
import { noTracing } from './tracing/tracing.js';
import { createWarningRelay } from './warning-relay.js';

export interface Service {
  /** Resolves when the service has nothing left to do; rejects when it cannot continue. */
  readonly done: Promise<void>;
  /** Takes no new work, finishes the work in progress, and leaves the rest to be delivered again. */
  stop(): Promise<void> | void;
}

/** Exit codes. `paused` and `cancelled` are only used by commands that follow a run. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  interrupted: 3,
  paused: 4,
  cancelled: 5,
} as const;

/** The last message of a service that ends with an error; the reason is added. */
export const FATAL_MESSAGE = 'the service cannot go on';
/** Time within which a service that is told to stop must end. */
export const STOP_DEADLINE_MS = 7_000;

export interface ServiceDefinition<S extends SettingsSchema> {
  readonly name: string;
  readonly settings: S;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Loads the service itself, and with it the packages with native code that it needs. */
  load(): Promise<StartService<S>>;
  /** Where log lines go; stderr by default. */
  readonly logTo?: LogSink;
}

type StartService<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: ServiceContext,
) => Promise<Service>;

/** How the life of a service ended. */
export interface ServiceEnd {
  readonly exitCode: number;
  /** Whether its process must end at once, even if work is still in progress. */
  readonly isUrgent: boolean;
}

export interface RunningService {
  /** Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  /**
   * Lets the service finish its work in progress, within a deadline. It stops at once if it has not started
   * yet, or if this is the second call.
   */
  readonly stop: (why: string) => void;
  /** Ends the service because of an uncaught error. */
  readonly fail: (error: unknown) => void;
}

/**
 * Runs a service: reads its settings, starts it, and waits until it is done, stopped or has failed. It
 * neither handles signals nor ends the process; `serveProcess` does.
 */
export function runService<S extends SettingsSchema>(
  definition: ServiceDefinition<S>,
): RunningService {
  const { name, settings, environment, logTo } = definition;
  const warnings = createWarningRelay(name);
  const log = createLogger(name, 'info', (warning) => warnings.take(warning), logTo);
  const health = createHealth();
  /** Of a single run: if it is stopped before its end, whoever started it must know, and starts it again. */
  const isOfRun = environment[toVariableName('run')] !== undefined;
  let running: Service | undefined;
  const stoppedCode = isOfRun ? exitCodes.interrupted : exitCodes.ok;
  let isStopping = false;
  let deadline: NodeJS.Timeout | undefined;
  let end: (exitCode: number, how?: { readonly isUrgent: boolean }) => void = () => undefined;
  const ended = new Promise<ServiceEnd>((resolve) => {
    end = (exitCode, { isUrgent } = { isUrgent: false }) => {
      clearTimeout(deadline);
      resolve({ exitCode, isUrgent });
    };
  });

  async function live(): Promise<void> {
    const parsed = parseSettings(settings, [environmentSource(settings, environment)]);
    refuseWritesIntoOriginals(parsed);
    // For a single run, the command has checked the variables already. Containers may share their variables
    // with other versions, so unknown ones are only a warning.
    if (!isOfRun) {
      const { misspelt, others } = findUnknownVariables(environment);
      for (const problem of [...misspelt, ...others]) log.warn(problem);
    }
    const { logLevel, healthPort: port, healthHost: host } = parsed as unknown as HealthSettings;
    log.level = logLevel;
    const metrics = createServiceMetrics(name, { withProcess: port !== undefined });
    if (port !== undefined) {
      metrics.watchReadiness(async () => (await health.readiness()).isReady);
      const server = await startHealthServer({ port, host, health, metrics });
      log.info({ host, port: server.port }, 'health and metrics are served');
    }
    const start = await definition.load();
    const tracing =
      'traceEndpoint' in settings.shape
        ? await startTracing(name, parsed, { environment, log })
        : noTracing;
    try {
      running = await start(parsed, { name, log, warnings, health, metrics, tracing });
      health.started();
      await running.done;
    } finally {
      clearTimeout(deadline);
      await tracing.close();
    }
  }

  live().then(
    () => end(isStopping ? stoppedCode : exitCodes.ok),
    (error: unknown) => end(sayLast(log, error)),
  );
  return {
    ended,
    stop(why) {
      if (isStopping) {
        end(exitCodes.interrupted, URGENT);
        return;
      }
      isStopping = true;
      health.stopping();
      log.info({ why }, 'stopping');
      if (running === undefined) {
        end(stoppedCode, URGENT);
        return;
      }
      deadline = setTimeout(() => {
        log.error('work in progress did not end in time; its messages will be delivered again');
        end(exitCodes.interrupted, URGENT);
      }, STOP_DEADLINE_MS).unref();
      Promise.resolve(running.stop()).catch((error: unknown) => {
        log.error({ err: error }, 'stopping failed');
        end(exitCodes.failed, URGENT);
      });
    },
    fail(error) {
      log.fatal({ err: error }, FATAL_MESSAGE);
      end(exitCodes.failed, URGENT);
    },
  };
}

const URGENT = { isUrgent: true };

/** Logs the error with which a service ends. @returns its exit code */
function sayLast(log: Logger, error: unknown): number {
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) log.fatal(writeSettings(problem, writeVariable));
    return exitCodes.usage;
  }
  const nativeProblem = findNativeProblem(error);
  if (nativeProblem !== undefined) {
    log.fatal(nativeProblem);
    // Whoever started the service starts it again after a failure, and gives up on wrong usage.
    return isWantOfMemory(error) ? exitCodes.failed : exitCodes.usage;
  }
  log.fatal({ err: error }, FATAL_MESSAGE);
  return exitCodes.failed;
}

type HealthSettings = Pick<
  z.infer<typeof serviceSettings>,
  'logLevel' | 'healthPort' | 'healthHost'
>;
