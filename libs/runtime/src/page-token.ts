import { randomBytes } from 'node:crypto';
import { isLoopback } from '@cullstream/contracts/web';

/** A random token that cannot be guessed. */
export function newPageToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The token that the page on an address requires; none on loopback.
 * @param known the token from the settings; without it, a new one is generated
 */
export function toPageToken(host: string, known?: string): string | undefined {
  return isLoopback(host) ? undefined : (known ?? newPageToken());
}
