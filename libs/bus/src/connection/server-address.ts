import { ConfigurationError } from '@cullstream/contracts';

/** Where servers are, and who logs in there if the address says so. */
export interface ServerAddress {
  /** `host:port`, as the client takes them. */
  readonly servers: readonly string[];
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  /** For people: without the password. */
  readonly shown: string;
  /** Whether the address asks for an encrypted connection. */
  readonly isEncrypted: boolean;
}

const DEFAULT_PORT = '4222';

/**
 * Reads `nats://host:port`, or several separated by commas. The scheme may be left out or be `tls`;
 * a user and a password may stand before the host.
 * @throws {ConfigurationError} when it is no address of a NATS server
 */
export function toServerAddress(url: string): ServerAddress {
  const parsed = url.split(',').map((each) => parse(each.trim()));
  const [first] = parsed;
  if (first === undefined || parsed.includes(undefined)) throw noAddress(url);
  const servers = parsed.flatMap((each) => each ?? []);
  const { username, password } = first;
  return {
    servers: servers.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`),
    credentials:
      username === ''
        ? undefined
        : { user: decodeURIComponent(username), password: decodeURIComponent(password) },
    shown: servers
      .map(({ protocol, hostname, port }) => `${protocol}//${hostname}:${port || DEFAULT_PORT}`)
      .join(','),
    isEncrypted: servers.some(({ protocol }) => protocol === 'tls:'),
  };
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text.includes('://') ? text : `nats://${text}`);
    const isServer = url.protocol === 'nats:' || url.protocol === 'tls:';
    return isServer && url.hostname !== '' && /^\/?$/.test(url.pathname) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** What is wrong may be the password: nothing before an `@` is repeated. */
function noAddress(url: string): ConfigurationError {
  return new ConfigurationError([
    `"${url.replaceAll(/[^/,]*@/g, '')}" is no address of a NATS server: give nats://host:port, ` +
      'or several separated by commas (‹nats›, NATS_URL)',
  ]);
}
