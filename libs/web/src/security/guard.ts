import { timingSafeEqual } from 'node:crypto';
import { isLoopback } from '@cullstream/contracts/web';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isAllowedHost } from './allowed-hosts.js';

export interface GuardOptions {
  /** Address that the server listens on. */
  readonly host: string;
  /** Further host names of this server. */
  readonly names: readonly string[];
  /** Needed on every address other than loopback. */
  readonly token: string | undefined;
}

/** Browsers send a cookie to every port of a host, so the cookie name contains the port. */
const toCookieName = (host: string) => `cullstream_token_${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
/** A shorter token could be guessed. An empty token file would give everyone access. */
const LEAST_TOKEN = 16;

/**
 * Refuses requests to other host names, requests that pages of other sites make, and, on addresses
 * other than loopback, requests without the token. The token is passed once in the address and then
 * kept in a cookie that scripts cannot read.
 */
export function guard({ host, names, token }: GuardOptions): MiddlewareHandler {
  const needsToken = !isLoopback(host);
  if (needsToken && (token?.length ?? 0) < LEAST_TOKEN) {
    throw new Error(`a page on ${host} needs a token of at least ${LEAST_TOKEN} characters`);
  }
  return async (context, next) => {
    const { req } = context;
    const hostHeader = req.header('host') ?? '';
    if (!isAllowedHost(hostHeader, { host, names })) {
      return refuse(context, 421, 'this server has another name; open the page as it was printed');
    }
    if (isForeign(context, hostHeader)) {
      return refuse(context, 403, 'requests of other pages are not served');
    }
    if (needsToken && token !== undefined) {
      const cookie = toCookieName(hostHeader);
      const given = req.query('token');
      if (given !== undefined && isSame(given, token)) {
        setCookie(context, cookie, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
        const address = new URL(req.url);
        address.searchParams.delete('token');
        // A path that starts with two slashes would redirect to another server.
        const path = address.pathname.replace(/^\/+/, '/');
        return context.redirect(`${path}${address.search}`, 303);
      }
      if (!isSame(getCookie(context, cookie) ?? '', token)) {
        return refuse(context, 401, 'open the page with the token that was printed: /?token=…');
      }
    }
    return next();
  };
}

/** Whether a page of another site made the request. Browsers state the origin of such requests. */
function isForeign({ req }: Context, host: string): boolean {
  const origin = req.header('origin');
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return true;
  }
  const isNavigation = req.header('sec-fetch-mode') === 'navigate' && req.method === 'GET';
  const site = req.header('sec-fetch-site');
  return (site === 'cross-site' || site === 'same-site') && !isNavigation;
}

function isSame(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(context: Context, status: 401 | 403 | 421, error: string): Response {
  return context.json({ error }, status);
}
