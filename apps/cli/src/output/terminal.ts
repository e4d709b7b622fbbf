import { wrapText } from '@cullstream/report';
import { toWords, writeSettings } from '@cullstream/contracts';
import { describeLogEntry, type LogEntry, type Logger, type LogLevel } from '@cullstream/runtime';
import { levels, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { writeFlag } from '../settings/add-settings.js';

/** Writes text for people to stderr, above the progress while there is some. */
export interface Terminal {
  /** Whether stderr is a terminal on which lines can be replaced. */
  readonly isInteractive: boolean;
  /** Writes a line of diagnostics or progress. Long lines are wrapped, never cut. */
  note(line: string): void;
  /**
   * Writes a result to stdout, which is used for nothing else. Sentences are wrapped, JSON is not.
   */
  print(text: string): void;
  /** The stream of stdout, for results that do not fit into memory. It must not be ended. */
  readonly output: NodeJS.WriteStream;
  /** The stream on which progress is drawn. */
  readonly progress: NodeJS.WriteStream;
  /**
   * Passes notes to a function, so that they do not overwrite the progress that is drawn. Undefined
   * ends this.
   */
  divertNotes(to: ((line: string) => void) | undefined): void;
  logger(level: LogLevel): Logger;
  /** All different warnings so far. */
  readonly warnings: readonly string[];
  /**
   * Calls the listener with every warning of this process, even those that the log level hides. The
   * warnings so far come first.
   * @returns a function that removes the listener
   */
  onWarning(listener: (warning: string) => void): () => void;
  /** Whether the reader of stdout has ended, as `head` does when it has enough. */
  hasLostReader(): boolean;
  /**
   * Waits until all output is written.
   * @throws the error of a failed write, unless the reader of stdout has ended
   */
  flush(): Promise<void>;
}

const MOST_WARNINGS = 100;
const WARN = 40;

/** @param environment environment variables of the process; `NO_COLOR` and `TERM` are used */
export function createTerminal(
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  environment: Readonly<Record<string, string | undefined>> = {},
): Terminal {
  let divert: ((line: string) => void) | undefined;
  const warnings = new Set<string>();
  const ownWarnings = new Set<string>();
  const listeners = new Set<(warning: string) => void>();
  const addWarning = (entry: LogEntry) => {
    const warning = writeSettings(describeLogEntry(entry), toWords);
    if (warnings.size < MOST_WARNINGS) warnings.add(warning);
    // Log entries with a name come from services. Only warnings of this process are collected here.
    if (entry['name'] !== undefined || ownWarnings.size >= MOST_WARNINGS) return;
    ownWarnings.add(warning);
    for (const listener of listeners) listener(warning);
  };
  const failures = watchFailures(stdout);
  watchFailures(stderr);
  const isInteractive = stderr.isTTY && environment['TERM'] !== 'dumb';
  const noColor = environment['NO_COLOR'] ?? '';
  const note = (line: string) => {
    const lines = wrapText(
      writeSettings(line, writeFlag),
      stderr.isTTY ? readColumns(stderr) : Infinity,
    );
    for (const each of lines) {
      if (divert === undefined) stderr.write(`${each}\n`);
      else divert(each);
    }
  };
  return {
    isInteractive,
    note,
    print(text) {
      const written = writeSettings(text, writeFlag);
      const isDocument = /^[[{]/.test(written);
      const columns = stdout.isTTY && !isDocument ? readColumns(stdout) : Infinity;
      stdout.write(`${wrapText(written, columns).join('\n')}\n`);
    },
    output: stdout,
    progress: stderr,
    divertNotes(to) {
      divert = to;
    },
    logger(level) {
      const toLine = prettyFactory({
        colorize: isInteractive && noColor === '',
        ignore: 'pid,hostname,time',
        singleLine: true,
        hideObject: level === 'warn' || level === 'error',
        messageFormat: (entry, messageKey) => describeLogEntry(entry, messageKey),
      });
      const shownFrom = levels.values[level] ?? Infinity;
      return pino(
        // Warnings are collected for the summary even if the log level hides them.
        { level: shownFrom > WARN ? 'warn' : level },
        {
          write(line: string) {
            const entry = JSON.parse(line) as LogEntry;
            const entryLevel = Number(entry['level']);
            if (entryLevel >= WARN) addWarning(entry);
            if (entryLevel >= shownFrom) note(toLine(entry).trimEnd());
          },
        },
      );
    },
    get warnings() {
      return [...warnings];
    },
    onWarning(listener) {
      for (const warning of ownWarnings) listener(warning);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    hasLostReader: () => failures.some(isReaderGone),
    async flush() {
      await Promise.all([drained(stdout), drained(stderr)]);
      // Node reports write errors in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      const failure = failures.find((each) => !isReaderGone(each));
      if (failure !== undefined) throw failure;
    },
  };
}

const USUAL_COLUMNS = 80;

function readColumns(stream: NodeJS.WriteStream): number {
  return stream.columns > 0 ? stream.columns : USUAL_COLUMNS;
}

/**
 * Collects the write errors of a stream. Without a listener, a closed pipe or a full disk would end
 * the process.
 */
function watchFailures(stream: NodeJS.WriteStream): Error[] {
  const failures: Error[] = [];
  stream.on('error', (error: Error) => failures.push(error));
  return failures;
}

function isReaderGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/** Waits until queued output is written. A process that exits earlier would lose it. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}
