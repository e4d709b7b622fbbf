import { wrapText } from '@cullstream/report';
import { toWords, writeSettings } from '@cullstream/contracts';
import { describeLogEntry, type LogEntry, type Logger, type LogLevel } from '@cullstream/runtime';
import { levels, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import { writeFlag } from '../settings/add-settings.js';

/** Where text for people goes: stderr, above the progress while there is some. */
export interface Terminal {
  /** Whether a person sees lines being replaced. */
  readonly isInteractive: boolean;
  /** Diagnostics and progress, a line at a time. Wrapped, never cut. */
  note(line: string): void;
  /** Results: the only thing on stdout. Sentences are wrapped, JSON is left whole. */
  print(text: string): void;
  /** The same as a stream, for results too large to hold. Whoever writes to it leaves it open. */
  readonly output: NodeJS.WriteStream;
  /** Where progress is drawn. */
  readonly progress: NodeJS.WriteStream;
  /** While set, notes go here, so that they do not tear what is drawn. */
  divertNotes(to: ((line: string) => void) | undefined): void;
  logger(level: LogLevel): Logger;
  /** What was warned of so far, each once. */
  readonly warnings: readonly string[];
  /**
   * Tells what this process itself warns of, whatever level is shown: first what it has so far.
   * @returns what ends it
   */
  onWarning(listener: (warning: string) => void): () => void;
  /** Whether the reader of stdout has gone, as `head` does when it has enough. */
  hasLostReader(): boolean;
  /**
   * Waits until everything is written.
   * @throws what kept it from being written, unless its reader has gone
   */
  flush(): Promise<void>;
}

const MOST_WARNINGS = 100;
const WARN = 40;

/** @param environment variables of the process: `NO_COLOR` and `TERM` are looked at */
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
    // Lines with a name are those of services, which are kept whole.
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
        // Warnings are kept for the summary, even those that nobody wants to see.
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
      // What failed is told in a later turn.
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

/** Whoever reads a pipe may leave at any time, and a disk be full: noted, instead of ending everything. */
function watchFailures(stream: NodeJS.WriteStream): Error[] {
  const failures: Error[] = [];
  stream.on('error', (error: Error) => failures.push(error));
  return failures;
}

function isReaderGone(error: Error): boolean {
  return 'code' in error && (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED');
}

/** Writes into a pipe are queued: a process that ends at once would cut them. */
function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}
