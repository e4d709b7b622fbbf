import { isIP } from 'node:net';
import { isLoopback } from '@cullstream/contracts/web';

const LOOPBACK_NAMES = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether a `Host` header is a name of this server. A page elsewhere can give its own name our address
 * (DNS rebinding), so on loopback only loopback's names are served. Elsewhere a token is needed as well;
 * addresses cannot be rebound, and names are those that were set.
 */
export function isAllowedHost(
  header: string | undefined,
  { host, names }: { readonly host: string; readonly names: readonly string[] },
): boolean {
  const name = toHostName(header);
  if (name === undefined) return false;
  if (LOOPBACK_NAMES.has(name)) return true;
  if (isLoopback(host)) return false;
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  return isIP(bare) !== 0 || names.some((each) => each.toLowerCase() === name);
}

/** Without the port, in lower case; undefined where it is no host. */
function toHostName(header: string | undefined): string | undefined {
  if (header === undefined || !/^[\w.-]+(:\d+)?$|^\[[\da-f:.]+\](:\d+)?$/i.test(header)) {
    return undefined;
  }
  return header.replace(/:\d+$/, '').toLowerCase();
}
