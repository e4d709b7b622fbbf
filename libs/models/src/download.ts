import { open } from 'node:fs/promises';
import pRetry, { AbortError } from 'p-retry';
import { DownloadError } from './download-error.js';
import { openPart, type Part } from './part-file.js';
import { requestRemainder } from './request-remainder.js';

export interface DownloadOptions {
  readonly url: string;
  /** Where bytes are collected; what is there is continued. `<part>.from` remembers the server's tag. */
  readonly part: string;
  /** Attempts after the first. */
  readonly retries: number;
  /** Longest silence before an attempt is given up. */
  readonly stallMs: number;
  /** Wait before the second attempt, doubled each time. */
  readonly retryDelayMs?: number;
  readonly onProgress?: (receivedBytes: number, totalBytes: number | undefined) => void;
  /** Told why an attempt failed and how many are left. */
  readonly onRetry?: (reason: string, left: number) => void;
}

/** No model is larger; a server that sends for ever ends here. */
const MAX_BYTES = 8 * 2 ** 30;
const MAX_RETRY_DELAY_MS = 30_000;

/**
 * Collects a file by HTTP, continuing where an earlier attempt or process broke off. Whether the bytes
 * are the right ones is for the caller to check.
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
