import { posix } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  PermanentError,
  sourceFailureReasons,
  TransientError,
  type ImageSource,
} from '@cullstream/contracts';
import { isFaultOfStorage, systemCode } from './passing-fault.js';
import type { SourceGuard } from './source-guard.js';
import type { SourceReader } from './source-reader.js';

export interface RetryingReader {
  /**
   * The bytes of an image, compared with the listing. Waits while its source is unreachable.
   * @param project archive or folder of its project; by default the first part of its path
   * @throws {PermanentError} as a source reader does; also `unreadable-entry` after several input/output errors
   *   at this image alone, and `file-missing` if its source was unreachable for too long
   * @throws {TransientError} if memory or open files run out, or the service is stopping
   */
  read(source: ImageSource, project?: string): Promise<Buffer>;
  close(): Promise<void>;
}

export interface RetryingReaderOptions {
  readonly guard: SourceGuard;
  /** Aborting it ends all waiting. */
  readonly signal: AbortSignal;
  readonly lookEveryMs?: number;
  /** Delay after the first input/output error; it doubles with each further one. */
  readonly faultDelayMs?: number;
}

const LOOK_EVERY_MS = 1_000;
const FAULT_DELAY_MS = 500;
/** Number of attempts to read an image after input/output errors, over about eight seconds. */
const MOST_FAULTS = 5;

/** Reads images, and distinguishes an outage of the source from a failure of the image. */
export function createRetryingReader(
  reader: SourceReader,
  {
    guard,
    signal,
    lookEveryMs = LOOK_EVERY_MS,
    faultDelayMs = FAULT_DELAY_MS,
  }: RetryingReaderOptions,
): RetryingReader {
  const wait = async (ms: number) => {
    await delay(ms, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw leaving(signal.reason);
  };

  return {
    async read(source, project = firstPart(source)) {
      const folder = folderBelow(source, project);
      let failuresThere = 0;
      let hasWaited = false;
      for (;;) {
        try {
          const bytes = await reader.read(source);
          if (source.kind === 'file') guard.couldRead(project, source.path);
          // The source is back: look at it once, so that the next outage starts a new time limit.
          if (hasWaited) await guard.look(project, folder);
          return bytes;
        } catch (error) {
          if (signal.aborted) throw leaving(signal.reason);
          if (!mayBeOfSource(error)) throw error;
          const seen = await guard.look(project, folder);
          if (seen.state === 'away') {
            if (seen.isGivenUp) throw gaveUp(seen.path, seen.problem, error);
            hasWaited = true;
            await wait(lookEveryMs);
            continue;
          }
          failuresThere += 1;
          if (error instanceof TransientError) {
            if (failuresThere >= MOST_FAULTS) throw unreadable(source, failuresThere, error);
            await wait(faultDelayMs * 2 ** (failuresThere - 1));
            continue;
          }
          // The source may have come back between the failed read and this look at it.
          if (failuresThere > 1) throw await asListed(source, guard, error);
        }
      }
    },
    close: () => reader.close(),
  };
}

function mayBeOfSource(error: unknown): error is PermanentError | TransientError {
  if (error instanceof PermanentError) return sourceFailureReasons.has(error.reason);
  return error instanceof TransientError && isFaultOfStorage(error.cause);
}

function firstPart(source: ImageSource): string {
  return source.kind === 'zip-entry' ? source.archive : (source.path.split('/')[0] ?? '');
}

/** The folder of an image; undefined if it is that of its project. */
function folderBelow(source: ImageSource, project: string): string | undefined {
  if (source.kind === 'zip-entry') return undefined;
  const folder = posix.dirname(source.path);
  return folder === project ? undefined : folder;
}

/** The failure itself, unless the archive has been replaced since it was listed. */
async function asListed(
  source: ImageSource,
  guard: SourceGuard,
  error: PermanentError,
): Promise<PermanentError> {
  if (source.kind === 'file' || (await guard.holdsEntry(source))) return error;
  return new PermanentError(
    'source-changed',
    `${source.archive}: was replaced by another archive since it was listed; run again`,
    { cause: error },
  );
}

function unreadable(source: ImageSource, tries: number, cause: TransientError): PermanentError {
  const where =
    source.kind === 'file' ? source.path : `${source.archive}, entry ${source.entryIndex}`;
  const code = systemCode(cause.cause) ?? '';
  return new PermanentError(
    'unreadable-entry',
    `${where}: the disk could not read it ${tries} times (${code}), and reads what is beside it; ` +
      'check the drive, and copy the image anew from another one',
    { cause },
  );
}

function gaveUp(path: string, problem: string, cause: Error): PermanentError {
  return new PermanentError(
    'file-missing',
    `${path} ${problem}; it was waited for, and the next run tries it again`,
    { cause },
  );
}

function leaving(cause: unknown): TransientError {
  return new TransientError('leaving: the image is read by the next', { cause, retryAfterMs: 0 });
}
