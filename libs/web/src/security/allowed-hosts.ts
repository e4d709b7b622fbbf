import { isIP } from 'node:net';
import { isLoopback, isLoopbackName, toHostName } from '@cullstream/contracts/web';

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
  if (isLoopbackName(name)) return true;
  if (isLoopback(host)) return false;
  const bare = name.startsWith('[') ? name.slice(1, -1) : name;
  return isIP(bare) !== 0 || names.some((each) => each.toLowerCase() === name);
}
