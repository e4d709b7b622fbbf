import { randomBytes } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { isLoopback, toPageUrl } from '@cullstream/contracts/web';
import type { PagePlace } from '../options.js';

/** Where the page of a run is, so that it stays there when the reporter is started again. */
export interface ChosenPage {
  readonly host: string;
  readonly port: number;
  /** Whoever opens it on another address than loopback needs it. */
  readonly token: string | undefined;
  /** As a person opens it. */
  readonly url: string;
}

/** The port that is asked for, or a free one where another program has it. Undefined where no page is wanted. */
export async function choosePage({
  page,
  pagePort = 0,
  pageHost: host = '127.0.0.1',
}: Partial<PagePlace>): Promise<ChosenPage | undefined> {
  if (page !== 'on') return undefined;
  const port = (await tryPort(host, pagePort)) ?? (await tryPort(host, 0));
  if (port === undefined) return undefined;
  const token = isLoopback(host) ? undefined : randomBytes(18).toString('base64url');
  return { host, port, token, url: toPageUrl({ host, port, token }) };
}

/** @returns the port that could be taken; undefined where it could not */
function tryPort(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() =>
        resolve(address !== null && typeof address === 'object' ? address.port : undefined),
      );
    });
  });
}

const LOOK_EVERY_MS = 100;

/**
 * Waits until the page answers, so that nobody is sent to one that does not yet.
 * @throws {DOMException} `AbortError` when the run ends before
 */
export async function whenServed({ host, port }: ChosenPage, signal: AbortSignal): Promise<void> {
  const isEverywhere = host === '0.0.0.0' || host === '::';
  while (!(await canConnect(isEverywhere ? 'localhost' : host, port))) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

function canConnect(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const settle = (isServed: boolean) => {
      socket.destroy();
      resolve(isServed);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}
