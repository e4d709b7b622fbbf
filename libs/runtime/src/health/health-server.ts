import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigurationError } from '@cullstream/contracts';
import { isLoopback, isLoopbackName } from '@cullstream/contracts/web';
import type { ServiceMetrics } from '../metrics/service-metrics.js';
import type { Health } from './health.js';

/** Few, so that whoever opens many takes no file handles that the service needs. */
const MOST_CONNECTIONS = 64;
const IDLE_AFTER_MS = 5_000;
const TEXT = 'text/plain; charset=utf-8';

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface HealthServerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host: string;
  readonly health: Health;
  readonly metrics: Pick<ServiceMetrics, 'expose'>;
}

/**
 * Serves `/healthz` (the process answers), `/readyz` (200, or 503 with what is wrong, as JSON) and
 * `/metrics` (the text format of Prometheus). On loopback, requests under other host names are refused, since
 * a web page elsewhere can give its own name our address (DNS rebinding).
 * @throws {ConfigurationError} when the port cannot be taken
 */
export async function startHealthServer(options: HealthServerOptions): Promise<HealthServer> {
  const server = createServer((request, response) => {
    if (!isServed(request, response, options)) return;
    answer(request.url, response, options).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      send(response, 500, TEXT, `${message}\n`);
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.setTimeout(IDLE_AFTER_MS, (socket) => socket.destroy());
  const port = await listen(server, options);
  // The health server alone does not keep the process running.
  server.unref();
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, { port, host }: HealthServerOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => {
      reject(
        new ConfigurationError(
          [
            `healthPort: ${host}:${port} cannot be taken (${cause.message}): choose another, or none`,
          ],
          { cause },
        ),
      );
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

/** Whether a request may be served; refuses it otherwise. */
function isServed(
  { method, headers }: IncomingMessage,
  response: ServerResponse,
  { host }: HealthServerOptions,
): boolean {
  if (method !== 'GET' && method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    send(response, 405, TEXT, 'it can only be read\n');
    return false;
  }
  if (isLoopback(host) && !isLoopbackName(headers.host)) {
    send(response, 403, TEXT, 'there is no such host here\n');
    return false;
  }
  return true;
}

async function answer(
  url: string | undefined,
  response: ServerResponse,
  { health, metrics }: HealthServerOptions,
): Promise<void> {
  switch (url) {
    case '/healthz':
      send(response, 200, TEXT, 'ok\n');
      return;
    case '/readyz': {
      const { isReady, checks } = await health.readiness();
      send(response, isReady ? 200 : 503, 'application/json', `${JSON.stringify(checks)}\n`);
      return;
    }
    case '/metrics': {
      const { contentType, text } = await metrics.expose();
      send(response, 200, contentType, text);
      return;
    }
    case undefined:
    default:
      send(response, 404, TEXT, 'there are /healthz, /readyz, /metrics\n');
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}
