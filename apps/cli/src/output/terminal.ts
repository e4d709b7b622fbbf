import type { Logger, LogLevel } from '@cullstream/runtime';
import { pino } from 'pino';
import { prettyFactory } from 'pino-pretty';

/** Where text for people goes: stderr, above a progress bar while there is one. */
export interface Terminal {
  readonly isInteractive: boolean;
  /** Diagnostics and progress, a line at a time. */
  note(line: string): void;
  /** Results: the only thing on stdout. */
  print(text: string): void;
  /** The same as a stream, for results too large to hold. Whoever writes to it leaves it open. */
  readonly output: NodeJS.WritableStream;
  /** While set, notes go here, so that they do not tear a progress bar. */
  divertNotes(to: ((line: string) => void) | undefined): void;
  logger(level: LogLevel): Logger;
}

export function createTerminal(stdout: NodeJS.WriteStream, stderr: NodeJS.WriteStream): Terminal {
  let divert: ((line: string) => void) | undefined;
  const note = (line: string) => {
    if (divert === undefined) stderr.write(`${line}\n`);
    else divert(line);
  };
  return {
    isInteractive: stderr.isTTY,
    note,
    print: (text) => void stdout.write(`${text}\n`),
    output: stdout,
    divertNotes(to) {
      divert = to;
    },
    logger(level) {
      const toLine = prettyFactory({
        colorize: stderr.isTTY,
        ignore: 'pid,hostname,time',
        singleLine: true,
        hideObject: level === 'warn' || level === 'error',
      });
      return pino({ level }, { write: (line: string) => note(toLine(line).trimEnd()) });
    },
  };
}
