import { destination, pino, stdTimeFunctions, type Logger } from 'pino';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A logger of JSON lines on stderr: stdout belongs to results. */
export function createLogger(name: string, level: LogLevel): Logger {
  return pino(
    { name, level, base: { name, pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    destination({ dest: 2, sync: true }),
  );
}
