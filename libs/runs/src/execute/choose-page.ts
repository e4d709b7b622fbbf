import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { tryPort } from '@cullstream/broker';
import { toPageUrl } from '@cullstream/contracts/web';
import { toPageToken } from '@cullstream/runtime';
import type { PagePlace } from '../options.js';

/** Where the page of a run is, so that it stays there when the reporter is started again. */
export interface ChosenPage {
  readonly host: string;
  readonly port: number;
  /** Needed to open the page on another address than loopback. */
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
  const port = await tryPort(pagePort, host)
    .catch(() => tryPort(0, host))
    .catch(() => undefined);
  if (port === undefined) return undefined;
  const token = toPageToken(host);
  return { host, port, token, url: toPageUrl({ host, port, token }) };
}

const LOOK_EVERY_MS = 100;

/**
 * Waits until the page answers, so that its address is not printed too early.
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
