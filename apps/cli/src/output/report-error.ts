import { ConfigurationError } from '@cullstream/contracts';
import {
  describeSystemError,
  exitCodes,
  findNativeProblem,
  isPathError,
  isSystemError,
  logUnexpectedError,
  withoutRawErrors,
} from '@cullstream/runtime';
import type { Terminal } from './terminal.js';

export interface ErrorPlace {
  readonly terminal: Pick<Terminal, 'note' | 'hasLostReader'>;
  /** Where details are logged; in a file of the temp folder where nothing has worked there yet. */
  readonly dataDir: string | undefined;
  /** What was called, for the log. */
  readonly command: readonly string[];
}

/** Errors of our own, whose messages are written for people. */
const ownErrors = new Set([
  ...['ArchiveError', 'CheckpointError', 'DatabaseError', 'DigestMismatchError', 'DownloadError'],
  ...['HungCallError'],
  ...['PermanentError', 'ServiceEndedError', 'TransientError'],
]);

/**
 * Tells a person of an error in plain words, and what to do. The details of one that nobody expected,
 * with its stack, go into a log file that is named. Never throws.
 * @returns the exit code that it stands for
 */
export async function reportError(error: unknown, place: ErrorPlace): Promise<number> {
  const { terminal } = place;
  // `| head` has read what it wanted.
  if (terminal.hasLostReader() && isBrokenPipe(error)) return exitCodes.ok;
  if (error instanceof Error && error.name === 'InterruptedError') {
    terminal.note('interrupted; the same command begins again');
    return exitCodes.interrupted;
  }
  if (error instanceof ConfigurationError) {
    for (const problem of error.problems) terminal.note(`error: ${withoutRawErrors(problem)}`);
    return exitCodes.usage;
  }
  if (isSystemError(error)) {
    terminal.note(`error: ${describeSystemError(error)}`);
    return isPathError(error) ? exitCodes.usage : exitCodes.failed;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && ownErrors.has(error.name)) {
    terminal.note(`error: ${withoutRawErrors(message)}`);
    // A database that cannot be used is one of the user's settings as much as a path is.
    return error.name === 'DatabaseError' ? exitCodes.usage : exitCodes.failed;
  }
  const nativeProblem = findNativeProblem(error);
  if (nativeProblem !== undefined) {
    terminal.note(`error: ${nativeProblem}`);
    return exitCodes.usage;
  }
  // Loaded here alone: commands without a broker start faster without it.
  const { isBrokerUnavailable } = await import('@cullstream/bus');
  if (isBrokerUnavailable(error)) {
    const why = message === 'timeout' ? '' : ` (${withoutRawErrors(message)})`;
    terminal.note(
      `error: the broker does not answer any more${why}; see that it runs, then give the same ` +
        'command again',
    );
    // As where it was not there from the beginning; 1 would say that something was found.
    return exitCodes.usage;
  }
  const [line = ''] = withoutRawErrors(message).split('\n');
  const file = await logUnexpectedError(error, {
    dataDir: place.dataDir,
    doing: toSafeCommand(place.command),
  });
  const kind = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  terminal.note(
    `error: something happened that nobody expected (${kind}${line}); ` +
      (file === undefined
        ? 'its details could not be written anywhere'
        : `the details are in ${file}: to report it, open an issue with them`),
  );
  return exitCodes.failed;
}

function isBrokenPipe(error: unknown): boolean {
  const codes = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_PREMATURE_CLOSE'];
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

/** What was called, without passwords: people send such logs to others. */
function toSafeCommand(command: readonly string[]): string {
  const words = command.map((each, index) => {
    if (command[index - 1] === '--nats-password') return '***';
    return each.replace(/^(--nats-password=).*/, '$1***').replace(/\/\/[^/@]*@/g, '//***@');
  });
  return ['cullstream', ...words].join(' ');
}
