import { randomBytes } from 'node:crypto';
import { isLoopback } from '@cullstream/contracts/web';

/** A token that nobody guesses. */
export function newPageToken(): string {
  return randomBytes(24).toString('base64url');
}

/**
 * The token that a page on an address asks for: none on loopback.
 * @param known the one that somebody chose; a new one is made up without it
 */
export function toPageToken(host: string, known?: string): string | undefined {
  return isLoopback(host) ? undefined : (known ?? newPageToken());
}
