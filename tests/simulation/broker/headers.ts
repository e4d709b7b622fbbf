/** The headers of a message by name, in order. */
export type Headers = ReadonlyMap<string, string>;

const FIRST_LINE = 'NATS/1.0';

/** @param bytes as they travel, from the line of the version to the empty line */
export function parseHeaders(bytes: Uint8Array): Headers {
  const fields = new Map<string, string>();
  for (const line of Buffer.from(bytes).toString('utf8').split('\r\n').slice(1)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return fields;
}

/** @param status such as `404 No Messages` */
export function formatHeaders(fields: Iterable<readonly [string, string]>, status = ''): Buffer {
  const lines = [`${FIRST_LINE}${status === '' ? '' : ` ${status}`}`];
  for (const [name, value] of fields) lines.push(`${name}: ${value}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`);
}

/** The headers with one more. */
export function withField(header: Buffer | undefined, field: readonly [string, string]): Buffer {
  if (header === undefined) return formatHeaders([field]);
  return Buffer.concat([header.subarray(0, -2), Buffer.from(`${field.join(': ')}\r\n\r\n`)]);
}
