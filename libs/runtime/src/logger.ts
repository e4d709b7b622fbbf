import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import { toLoggedWarning, type LoggedWarning } from './logged-warning.js';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** Takes lines of a log. */
export interface LogSink {
  write(line: string): void;
}

/**
 * A logger of JSON lines on stderr: stdout belongs to results.
 * @param onWarning called with every line that is a warning or worse
 * @param sink takes the lines in place of stderr
 */
export function createLogger(
  name: string,
  level: LogLevel,
  onWarning: (warning: LoggedWarning) => void = () => undefined,
  sink: LogSink = destination({ dest: 2, sync: true }),
): Logger {
  return pino(
    { name, level, base: { name, pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    {
      write(line: string) {
        sink.write(line);
        const warning = toLoggedWarning(line);
        if (warning !== undefined) onWarning(warning);
      },
    },
  );
}
