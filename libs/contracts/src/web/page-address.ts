/** Whether an address that a server listens on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Whether a `Host` header is a name that can be reached from this machine only. */
export function isLoopbackName(header: string | undefined): boolean {
  const name = toHostName(header);
  return name !== undefined && LOOPBACK_NAMES.has(name);
}

/**
 * The host name in a `Host` header, without port and in lower case; undefined where it is invalid.
 */
export function toHostName(header: string | undefined): string | undefined {
  if (header === undefined || !/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(header)) {
    return undefined;
  }
  return header.replace(/:\d+$/, '').toLowerCase();
}

/** The address of a page for the user's browser, with the token where one is needed. */
export function toPageUrl({
  host,
  port,
  token,
}: {
  readonly host: string;
  readonly port: number;
  readonly token?: string | undefined;
}): string {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  const name = isEverywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
  return `http://${name}:${port}/${query}`;
}
