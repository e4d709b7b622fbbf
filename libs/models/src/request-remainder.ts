import { AbortError } from 'p-retry';
import { DownloadError } from './download-error.js';
import type { Part } from './part-file.js';

/** The part of a file that a server sends. */
export interface Remainder {
  /** Position of the body's first byte in the file. */
  readonly from: number;
  readonly totalBytes: number | undefined;
  readonly validator: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

const PASSING = new Set([408, 425, 429]);

/**
 * Requests the rest of a file after the part that is there. If the server had sent an ETag or a
 * date, the request is conditional on the file being unchanged (RFC 9110, 13.1.5 and 14.2). A
 * server without support for ranges sends the whole file.
 * @throws {AbortError} when a retry cannot help
 */
export async function requestRemainder(
  url: string,
  part: Part,
  signal: AbortSignal,
): Promise<Remainder> {
  const { sizeBytes, validator } = part;
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (sizeBytes > 0) headers['range'] = `bytes=${sizeBytes}-`;
  if (sizeBytes > 0 && validator !== undefined) headers['if-range'] = validator;
  const response = await fetch(url, { headers, signal });
  const { status } = response;
  if (status === 416) return await completeOrStartAgain(url, response, part);
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const error = new DownloadError(`${url}: the server answers ${status} ${response.statusText}`);
    throw status < 500 && !PASSING.has(status) ? new AbortError(error) : error;
  }
  const range = status === 206 ? parseRange(response) : { from: 0, total: readLength(response) };
  if (range?.from !== (status === 206 ? sizeBytes : 0)) {
    await response.body.cancel();
    await part.discard();
    throw new DownloadError(`${url}: the server sends another range than it was asked for`);
  }
  const { from, total: totalBytes } = range;
  return { from, totalBytes, validator: readValidator(response), body: response.body };
}

/** Handles a part that is already complete, or longer than the file. */
async function completeOrStartAgain(
  url: string,
  response: Response,
  part: Part,
): Promise<Remainder> {
  await response.body?.cancel();
  const total = Number(/^bytes \*\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1]);
  if (total !== part.sizeBytes) {
    await part.discard();
    throw new DownloadError(`${url}: what was received before does not belong to this file`);
  }
  return { from: total, totalBytes: total, validator: part.validator, body: nothing() };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  // A complete part has no rest.
}

function parseRange(response: Response): { from: number; total: number | undefined } | undefined {
  const pattern = /^bytes (\d+)-\d+\/(\d+|\*)$/;
  const match = pattern.exec(response.headers.get('content-range') ?? '');
  if (match === null) return undefined;
  return { from: Number(match[1]), total: match[2] === '*' ? undefined : Number(match[2]) };
}

function readLength(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length === null ? undefined : Number(length);
}

/** A weak ETag does not guarantee the same bytes, so it is not used. */
function readValidator({ headers }: Response): string | undefined {
  const tag = headers.get('etag');
  if (tag !== null && !tag.startsWith('W/')) return tag;
  return headers.get('last-modified') ?? undefined;
}
