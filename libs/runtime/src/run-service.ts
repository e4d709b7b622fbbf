import { ConfigurationError, writeSettings } from '@cullstream/contracts';
import type { z } from 'zod';
import { startHealthServer } from './health/health-server.js';
import { refuseWritesIntoOriginals } from './folders/refuse-writes-into-originals.js';
import { createHealth } from './health/health.js';
import { findNativeProblem } from './native-problem.js';
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
  /** Settles when the service has nothing left to do, or rejects when it cannot go on. */
  readonly done: Promise<void>;
  /** Takes no new work, finishes what is in flight, and hands the rest back. */
  stop(): Promise<void> | void;
}

/** `paused` and `cancelled` are those of commands that follow a run. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  interrupted: 3,
  paused: 4,
  cancelled: 5,
} as const;

/** What a service says last, with its reason. */
export const FATAL_MESSAGE = 'the service cannot go on';
/** In which a service that is told to stop ends by itself. */
export const STOP_DEADLINE_MS = 7_000;

export interface ServiceDefinition<S extends SettingsSchema> {
  readonly name: string;
  readonly settings: S;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Loads the service itself, and with it the packages with native code that it needs. */
  load(): Promise<StartService<S>>;
  /** Where log lines go; stderr unless it is said. */
  readonly logTo?: LogSink;
}

type StartService<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: ServiceContext,
) => Promise<Service>;

/** How the life of a service ended. */
export interface ServiceEnd {
  readonly exitCode: number;
  /** Whether its process is to end at once, whatever is still under way. */
  readonly isUrgent: boolean;
}

export interface RunningService {
  /** Never rejects. */
  readonly ended: Promise<ServiceEnd>;
  /**
   * Lets it finish what is in flight, within a deadline; at once where it has not started yet, or was told
   * before.
   */
  readonly stop: (why: string) => void;
  /** Ends it for an error that nobody caught. */
  readonly fail: (error: unknown) => void;
}

/**
 * The life of a service: reads its settings, starts it, and lets it work until it is done, stopped, or
 * cannot go on. It knows no process: `serveProcess` ties it to one.
 */
export function runService<S extends SettingsSchema>(
  definition: ServiceDefinition<S>,
): RunningService {
  const { name, settings, environment, logTo } = definition;
  const warnings = createWarningRelay(name);
  const log = createLogger(name, 'info', (warning) => warnings.take(warning), logTo);
  const health = createHealth();
  let running: Service | undefined;
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
    // Whoever starts it for one run has looked at them. Containers may share them with other versions.
    if (environment[toVariableName('run')] === undefined) {
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
    () => end(exitCodes.ok),
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
        end(exitCodes.ok, URGENT);
        return;
      }
      deadline = setTimeout(() => {
        log.error('work in flight did not end in time; it will be delivered again');
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

/** @returns the exit code that it stands for */
function sayLast(log: Logger, error: unknown): number {
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) log.fatal(writeSettings(problem, writeVariable));
    return exitCodes.usage;
  }
  const nativeProblem = findNativeProblem(error);
  if (nativeProblem !== undefined) {
    log.fatal(nativeProblem);
    return exitCodes.usage;
  }
  log.fatal({ err: error }, FATAL_MESSAGE);
  return exitCodes.failed;
}

type HealthSettings = Pick<
  z.infer<typeof serviceSettings>,
  'logLevel' | 'healthPort' | 'healthHost'
>;
