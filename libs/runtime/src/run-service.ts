import { ConfigurationError, writeSettings } from '@cullstream/contracts';
import { exitNow, exitSoon } from '@cullstream/files';
import type { z } from 'zod';
import { startHealthServer } from './health/health-server.js';
import { refuseWritesIntoOriginals } from './folders/refuse-writes-into-originals.js';
import { createHealth, type Health } from './health/health.js';
import { findNativeProblem } from './native-problem.js';
import { createLogger, type Logger } from './logger.js';
import { createServiceMetrics } from './metrics/service-metrics.js';
import type { ServiceContext } from './service-context.js';
import type { serviceSettings } from './service-settings.js';
import {
  environmentSource,
  parseSettings,
  writeVariable,
  type SettingsSchema,
} from './settings.js';
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
export const CANNOT_GO_ON = 'the service cannot go on';
/** In which a service that is told to stop ends by itself. */
export const STOP_DEADLINE_MS = 7_000;

export interface ServiceDefinition<S extends SettingsSchema> {
  readonly name: string;
  readonly settings: S;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Loads the service itself, and with it the packages with native code that it needs. */
  load(): Promise<StartService<S>>;
}

type StartService<S extends SettingsSchema> = (
  settings: Readonly<z.infer<S>>,
  context: ServiceContext,
) => Promise<Service>;

/**
 * The life of a service process: reads its settings, starts it, stops it on SIGTERM, SIGINT or when
 * its parent goes away, and exits. A second signal exits at once. Under a parent (an IPC channel)
 * SIGINT is left to the parent, for a terminal sends it to the whole group.
 */
export async function runService<S extends SettingsSchema>(
  definition: ServiceDefinition<S>,
): Promise<never> {
  const { name, settings, environment } = definition;
  const warnings = createWarningRelay(name);
  const log = createLogger(name, 'info', (warning) => warnings.take(warning));
  const health = createHealth();
  const life = stopOnSignals(log, health);
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => exitNow(sayLast(log, error)));
  }
  try {
    const parsed = parseSettings(settings, [environmentSource(settings, environment)]);
    refuseWritesIntoOriginals(parsed);
    const { logLevel, healthPort: port, healthHost: host } = parsed as unknown as HealthSettings;
    log.level = logLevel;
    const metrics = createServiceMetrics(name, { withProcess: port !== undefined });
    if (port !== undefined) {
      const server = await startHealthServer({ port, host, health, metrics });
      log.info({ host, port: server.port }, 'health and metrics are served');
    }
    const start = await definition.load();
    const service = await start(parsed, { name, log, warnings, health, metrics });
    life.started(service);
    health.started();
    await service.done;
    return await exitSoon(exitCodes.ok);
  } catch (error) {
    if (error instanceof ConfigurationError) {
      for (const problem of error.problems) log.fatal(writeSettings(problem, writeVariable));
      return await exitSoon(exitCodes.usage);
    }
    const nativeProblem = findNativeProblem(error);
    if (nativeProblem === undefined) return await exitSoon(sayLast(log, error));
    log.fatal(nativeProblem);
    return await exitSoon(exitCodes.usage);
  }
}

/** @returns the exit code that it stands for */
function sayLast(log: Logger, error: unknown): number {
  log.fatal({ err: error }, CANNOT_GO_ON);
  return exitCodes.failed;
}

type HealthSettings = Pick<
  z.infer<typeof serviceSettings>,
  'logLevel' | 'healthPort' | 'healthHost'
>;

function stopOnSignals(log: Logger, health: Health): { started(service: Service): void } {
  let stopping = false;
  let running: Service | undefined;
  const stop = (why: string) => {
    if (stopping) exitNow(exitCodes.interrupted);
    stopping = true;
    health.stopping();
    log.info({ why }, 'stopping');
    if (running === undefined) exitNow(exitCodes.ok);
    setTimeout(() => {
      log.error('work in flight did not end in time; it will be delivered again');
      exitNow(exitCodes.interrupted);
    }, STOP_DEADLINE_MS).unref();
    Promise.resolve(running.stop()).catch((error: unknown) => {
      log.error({ err: error }, 'stopping failed');
      exitNow(exitCodes.failed);
    });
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => {
    if (process.send === undefined) stop('SIGINT');
  });
  process.on('disconnect', () => stop('the parent process is gone'));
  // It may have gone before anybody listened.
  if (process.send !== undefined && !process.connected) stop('the parent process is gone');
  return {
    started(service) {
      running = service;
    },
  };
}
