import { ConfigurationError } from '@cullstream/contracts';
import {
  describeSystemError,
  exitCodes,
  findNativeProblem,
  isWantOfMemory,
  isPathError,
  isSystemError,
  logUnexpectedError,
  withoutRawErrors,
} from '@cullstream/runtime';
import type { Terminal } from './terminal.js';

export interface ErrorPlace {
  readonly terminal: Pick<Terminal, 'note' | 'hasLostReader'>;
  /** Data folder that has the log. If there is none yet, a file in the temp folder is used. */
  readonly dataDir: string | undefined;
  /** The command line, for the log. */
  readonly command: readonly string[];
}

/** Errors of Cullstream, whose messages are written for users. */
const ownErrors = new Set([
  ...['ArchiveError', 'CheckpointError', 'DatabaseError', 'DigestMismatchError', 'DownloadError'],
  ...['HungCallError'],
  ...['PermanentError', 'ServiceEndedError', 'TransientError'],
]);

/**
 * Reports an error to the user in plain words, with what to do about it. The details and the stack
 * of an unexpected error are written to a log file, which the message names. Never throws.
 * @returns the exit code for the error
 */
export async function reportError(error: unknown, place: ErrorPlace): Promise<number> {
  const { terminal } = place;
  // The reader of the pipe, such as `head`, has ended after it read enough.
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
    // An unusable database is reported like a setting with a wrong path.
    return error.name === 'DatabaseError' ? exitCodes.usage : exitCodes.failed;
  }
  const nativeProblem = findNativeProblem(error);
  if (nativeProblem !== undefined) {
    terminal.note(`error: ${nativeProblem}`);
    return isWantOfMemory(error) ? exitCodes.failed : exitCodes.usage;
  }
  // Imported here so that commands that need no broker start faster.
  const { isBrokerUnavailable } = await import('@cullstream/bus');
  if (isBrokerUnavailable(error)) {
    const why = message === 'timeout' ? '' : ` (${withoutRawErrors(message)})`;
    terminal.note(
      `error: the broker does not answer any more${why}; see that it runs, then give the same ` +
        'command again',
    );
    // The same exit code as for a broker that was unreachable at the start. Exit code 1 would mean
    // that the command had findings.
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

/** The command line without passwords, since users send logs to others. */
function toSafeCommand(command: readonly string[]): string {
  const words = command.map((each, index) => {
    if (command[index - 1] === '--nats-password') return '***';
    return each.replace(/^(--nats-password=).*/, '$1***').replace(/\/\/[^/@]*@/g, '//***@');
  });
  return ['cullstream', ...words].join(' ');
}
