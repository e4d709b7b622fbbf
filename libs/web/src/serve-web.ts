import { createServer, type Server } from 'node:http';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { getRequestListener, RequestError } from '@hono/node-server';
import { ConfigurationError } from '@cullstream/contracts';
import { toPageUrl, WEB_API_PATH } from '@cullstream/contracts/web';
import { readPage } from '@cullstream/page';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { answerError, createApi, type ApiParts } from './routes/api.js';
import { watchRequests } from './quiet-requests.js';
import { createReportRoutes, createReports } from './routes/reports.js';
import { guard } from './security/guard.js';
import { responseHeaders } from './security/response-headers.js';

export interface WebOptions extends Omit<ApiParts, 'reports' | 'closing'> {
  readonly dataDir: string;
  readonly host: string;
  /** Port to listen on; 0 for any free port. */
  readonly port: number;
  /** Further host names of this server. */
  readonly names?: readonly string[];
  /** Needed on every address other than loopback. */
  readonly token?: string | undefined;
}

export interface WebServer {
  /** Address to open in a browser, with the token if one is needed. */
  readonly url: string;
  /**
   * Resolves at once if no page is open. Otherwise it resolves when the open pages have received the
   * pictures that they asked for, after five seconds, or at `signal`.
   */
  untilLoaded(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/**
 * Serves the page and its JSON API.
 * @throws {ConfigurationError} when the server cannot listen on the port
 */
export async function serveWeb(options: WebOptions): Promise<WebServer> {
  const { dataDir, host, names = [], token } = options;
  const closing = new AbortController();
  const page = await readPage();
  const requests = watchRequests();
  const app = new Hono()
    .use(requests.watch)
    .use(responseHeaders)
    // Nobody but this machine answers to its own name, so no other site can have it resolved to here.
    .use(guard({ host, names: [...names, host, hostname()], token }))
    .route('/reports', createReportRoutes(dataDir))
    .route(
      WEB_API_PATH,
      createApi({ ...options, reports: createReports(dataDir), closing: closing.signal }),
    )
    .get('*', (context) => {
      // Every view has its own address. The server sends the same page for all of them.
      const path = context.req.path;
      // The name of a project can end like a file name with an extension.
      const isView = path.startsWith('/projects/') || !/^\/api\/|\.\w+$/.test(path);
      const file = page.get(path) ?? (isView ? page.get('/') : undefined);
      if (file === undefined) throw new HTTPException(404, { message: 'there is no such file' });
      return context.body(new Uint8Array(file.body), 200, { 'content-type': file.contentType });
    })
    .all('*', () => {
      throw new HTTPException(405, { message: 'the page is only read: ask with GET' });
    })
    .onError(answerError);
  const answer = getRequestListener(app.fetch, { errorHandler: refuseRequest });
  const server = createServer((request, response) => void answer(request, response));
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_AFTER_MS);
  const port = await listen(server, options);
  // The server does not keep the process running, even if a page is open.
  server.unref();
  return {
    url: toPageUrl({ host, port, token }),
    untilLoaded: async (signal) => {
      const connections = await promisify(server.getConnections.bind(server))();
      const timeout = AbortSignal.timeout(MOST_LOADING_MS);
      if (connections > 0) await requests.untilQuiet(AbortSignal.any([signal, timeout]));
    },
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        // Waits a moment so that the last messages reach the pages.
        setTimeout(() => server.closeAllConnections(), CLOSE_AFTER_MS).unref();
      }),
  };
}

const MOST_LOADING_MS = 5_000;
const CLOSE_AFTER_MS = 200;
/** More than browsers open, and few compared with the files that a run opens. */
const MOST_CONNECTIONS = 256;
/** A connection without traffic for this long is closed, even if a request is unfinished. */
const IDLE_AFTER_MS = 120_000;

/** Answers requests that are not valid HTTP, before any route is called. */
function refuseRequest(error: unknown): Response {
  const isRefused = error instanceof RequestError;
  const text = isRefused ? 'this is no request for this server' : 'the request failed';
  return Response.json({ error: text }, { status: isRefused ? 400 : 500 });
}

function listen(server: Server, { port, host }: WebOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ConfigurationError(
          [`‹pagePort›: ${host}:${port} cannot be taken (${cause.message}): choose another`],
          { cause },
        ),
      );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}
