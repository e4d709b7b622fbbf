import { isIP } from 'node:net';
import { isLoopback, isLoopbackName, toHostName } from '@cullstream/contracts/web';

/**
 * Whether a `Host` header is a name of this server. Another site can resolve its own name to this
 * server's address (DNS rebinding). On loopback, only names of loopback are therefore allowed. On
 * other addresses, IP addresses and the configured names are allowed, and a token is needed as
 * well.
 */
export function isAllowedHost(
  header: string | undefined,
  { host, names }: { readonly host: string; readonly names: readonly string[] },
): boolean {
  const name = toHostName(header);
  if (name === undefined) return false;
  if (isLoopbackName(name)) return true;
  if (isLoopback(host)) return false;
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  return isIP(bare) !== 0 || names.some((each) => each.toLowerCase() === name);
}
