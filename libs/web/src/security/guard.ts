import { timingSafeEqual } from 'node:crypto';
import { isLoopback } from '@cullstream/contracts/web';
import type { Context, MiddlewareHandler } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { isAllowedHost } from './allowed-hosts.js';

export interface GuardOptions {
  /** Address that the server listens on. */
  readonly host: string;
  /** Further names that people reach it by. */
  readonly names: readonly string[];
  /** Needed on any other address than loopback. */
  readonly token: string | undefined;
}

const COOKIE = 'cullstream_token';

/**
 * Serves people who opened the page, and nobody else: names of other servers, requests that pages of
 * others make, and on other addresses than loopback whoever does not have the token are refused. The
 * token comes once in the address, and is kept in a cookie that scripts cannot read.
 */
export function guard({ host, names, token }: GuardOptions): MiddlewareHandler {
  const needsToken = !isLoopback(host);
  if (needsToken && token === undefined) {
    throw new Error(`a page on ${host} needs a token`);
  }
  return async (context, next) => {
    const { req } = context;
    const hostHeader = req.header('host');
    if (!isAllowedHost(hostHeader, { host, names })) {
      return refuse(context, 421, 'this server has another name; open the page as it was printed');
    }
    if (isForeign(context, hostHeader ?? '')) {
      return refuse(context, 403, 'requests of other pages are not served');
    }
    if (needsToken && token !== undefined) {
      const given = req.query('token');
      if (given !== undefined && isSame(given, token)) {
        setCookie(context, COOKIE, token, { httpOnly: true, sameSite: 'Strict', path: '/' });
        const address = new URL(req.url);
        address.searchParams.delete('token');
        return context.redirect(`${address.pathname}${address.search}`, 303);
      }
      if (!isSame(getCookie(context, COOKIE) ?? '', token)) {
        return refuse(context, 401, 'open the page with the token that was printed: /?token=…');
      }
    }
    return next();
  };
}

/** Browsers say where a request comes from whenever it is not a person's own. */
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
