/** Whether only this machine reaches an address that a server listens on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The address of a page as a person opens it, with the token where one is needed. */
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
