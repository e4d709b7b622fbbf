import { open } from 'node:fs/promises';
import pRetry, { AbortError } from 'p-retry';
import { DownloadError } from './download-error.js';
import { openPart, type Part } from './part-file.js';
import { requestRemainder } from './request-remainder.js';

export interface DownloadOptions {
  readonly url: string;
  /**
   * File for the received bytes. An existing one is continued. `<part>.from` stores the server's
   * tag.
   */
  readonly part: string;
  /** Number of attempts after the first one. */
  readonly retries: number;
  /** Longest time without data before an attempt is given up. */
  readonly stallMs: number;
  /** Time to wait before the second attempt. It doubles with each attempt. */
  readonly retryDelayMs?: number;
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  /** Called after a failed attempt with the reason and the number of attempts that are left. */
  readonly onRetry?: (reason: string, left: number) => void;
}

/** Limit that no model reaches. It ends the download from a server that never stops sending. */
const MAX_BYTES = 8 * 2 ** 30;
const MAX_RETRY_DELAY_MS = 30_000;

/**
 * Downloads a file by HTTP and continues where an earlier attempt or process stopped. The caller
 * must check the digest.
 * @throws {DownloadError} when the server refuses, or all attempts failed
 */
export async function download(options: DownloadOptions): Promise<void> {
  const { retries, retryDelayMs = 1_000, onRetry } = options;
  await pRetry(() => attempt(options), {
    retries,
    minTimeout: retryDelayMs,
    maxTimeout: Math.max(retryDelayMs, MAX_RETRY_DELAY_MS),
    onFailedAttempt: ({ error, retriesLeft }) => {
      if (retriesLeft > 0) onRetry?.(error.message, retriesLeft);
    },
  });
}

async function attempt(options: DownloadOptions): Promise<void> {
  const { url, stallMs } = options;
  const stall = new AbortController();
  const timer = setTimeout(() => {
    stall.abort(new DownloadError(`${url}: nothing came for ${stallMs / 1_000} s`));
  }, stallMs);
  try {
    const part = await openPart(options.part, url);
    await receive(part, options, { signal: stall.signal, alive: () => timer.refresh() });
  } catch (cause) {
    if (cause instanceof AbortError || cause instanceof DownloadError) throw cause;
    throw new DownloadError(`${url}: ${describe(cause)}`, { cause });
  } finally {
    clearTimeout(timer);
  }
}

async function receive(
  part: Part,
  { url, onProgress }: DownloadOptions,
  { signal, alive }: { readonly signal: AbortSignal; readonly alive: () => void },
): Promise<void> {
  const { body, from, totalBytes, validator } = await requestRemainder(url, part, signal);
  await part.remember(validator);
  const file = await open(part.path, from === 0 ? 'w' : 'a');
  let received = from;
  try {
    for await (const chunk of body) {
      alive();
      await file.writeFile(chunk);
      received += chunk.byteLength;
      if (received > MAX_BYTES) throw new AbortError(new DownloadError(`${url}: has no end`));
      onProgress?.(received, totalBytes);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  if (totalBytes !== undefined && received < totalBytes) {
    throw new DownloadError(`${url}: broke off at ${received} of ${totalBytes} bytes`);
  }
}

function describe(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}
