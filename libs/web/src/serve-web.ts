import { createServer, type Server } from 'node:http';
import { getRequestListener, RequestError } from '@hono/node-server';
import { ConfigurationError } from '@cullstream/contracts';
import { toPageUrl, WEB_API_PATH } from '@cullstream/contracts/web';
import { readPage } from '@cullstream/page';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { answerError, createApi, type ApiParts } from './routes/api.js';
import { createReportRoutes, createReports } from './routes/reports.js';
import { guard } from './security/guard.js';
import { responseHeaders } from './security/response-headers.js';

export interface WebOptions extends Omit<ApiParts, 'reports' | 'closing'> {
  readonly dataDir: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Further names that people reach the page by. */
  readonly names?: readonly string[];
  /** Needed on any other address than loopback. */
  readonly token?: string | undefined;
}

export interface WebServer {
  /** Address of the page as a person opens it, with the token where one is needed. */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves the page and its JSON API.
 * @throws {ConfigurationError} when the port cannot be taken
 */
export async function serveWeb(options: WebOptions): Promise<WebServer> {
  const { dataDir, host, names = [], token } = options;
  const closing = new AbortController();
  const page = await readPage();
  const app = new Hono()
    .use(responseHeaders)
    .use(guard({ host, names, token }))
    .route('/reports', createReportRoutes(dataDir))
    .route(
      WEB_API_PATH,
      createApi({ ...options, reports: createReports(dataDir), closing: closing.signal }),
    )
    .get('*', (context) => {
      // Every view has an address of its own; all are the one page.
      const path = context.req.path;
      // Names of projects may have an ending, too.
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
  // A page that is open keeps nobody alive.
  server.unref();
  return {
    url: toPageUrl({ host, port, token }),
    close: () =>
      new Promise((resolve) => {
        closing.abort();
        server.close(() => resolve());
        // What was sent to the pages last is to reach them.
        setTimeout(() => server.closeAllConnections(), CLOSE_AFTER_MS).unref();
      }),
  };
}

const CLOSE_AFTER_MS = 200;
/** More than browsers open, and few beside the files that a run opens. */
const MOST_CONNECTIONS = 256;
/** A connection over which nothing moves for so long is closed, whatever it holds. */
const IDLE_AFTER_MS = 120_000;

/** Of requests that are none, before anybody is asked for them. */
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
