import { destination, pino, stdTimeFunctions, type Logger } from 'pino';
import { toLoggedWarning, type LoggedWarning } from './logged-warning.js';

export type { Logger } from 'pino';

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * A logger of JSON lines on stderr: stdout belongs to results.
 * @param onWarning is told every line that is a warning, or worse
 */
export function createLogger(
  name: string,
  level: LogLevel,
  onWarning: (warning: LoggedWarning) => void = () => undefined,
): Logger {
  const stderr = destination({ dest: 2, sync: true });
  return pino(
    { name, level, base: { name, pid: process.pid }, timestamp: stdTimeFunctions.isoTime },
    {
      write(line: string) {
        stderr.write(line);
        const warning = toLoggedWarning(line);
        if (warning !== undefined) onWarning(warning);
      },
    },
  );
}
