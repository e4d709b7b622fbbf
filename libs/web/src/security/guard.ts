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

/** Browsers send cookies to every port of a host: each page has its own. */
const toCookieName = (host: string) => `cullstream_token_${/:(\d+)$/.exec(host)?.[1] ?? '80'}`;
/** One that is shorter, or a file without any, would keep nobody out. */
const LEAST_TOKEN = 16;

/**
 * Serves people who opened the page, and nobody else: names of other servers, requests that pages of
 * others make, and on other addresses than loopback whoever does not have the token are refused. The
 * token comes once in the address, and is kept in a cookie that scripts cannot read.
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
        // Two slashes at the beginning would be another server.
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
