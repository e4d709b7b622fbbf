import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { readRegularFile } from '@cullstream/files';
import {
  AuthorizationError,
  nkeyAuthenticator,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { retryDelayMs } from '../retry-delay.js';
import { toError } from '../to-error.js';
import type { ConnectBusOptions } from './connect-options.js';
import { toServerAddress, type ServerAddress } from './server-address.js';

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_WAIT_MS = 250;
const RECONNECT_JITTER_MS = 250;

/**
 * Connects, waiting for a server that is not there yet.
 * @throws {ConfigurationError} when it is no address, the file of certificates is unusable, or the
 *   server refuses for good
 * @throws {BrokerUnavailableError} when `firstConnectTimeoutMs` passed
 */
export async function firstConnection(options: ConnectBusOptions): Promise<NatsConnection> {
  const { url, log, signal, onWaiting, firstConnectTimeoutMs = Infinity } = options;
  const address = toServerAddress(url);
  await checkCertificates(options.caFile);
  const startedMs = performance.now();
  for (let attempt = 1; ; attempt++) {
    signal?.throwIfAborted();
    const leftMs = Math.max(1, firstConnectTimeoutMs - (performance.now() - startedMs));
    try {
      const timeout = Math.min(CONNECT_TIMEOUT_MS, leftMs);
      return await unlessAborted(connectOnce(options, address, timeout), signal);
    } catch (thrown) {
      signal?.throwIfAborted();
      const cause = toError(thrown);
      const refusal = toRefusal(cause, address);
      if (refusal !== undefined) throw new ConfigurationError([refusal], { cause });
      const waitMs = retryDelayMs(attempt, 50, 2_000);
      if (performance.now() - startedMs + waitMs > firstConnectTimeoutMs) {
        throw new BrokerUnavailableError(address.shown, firstConnectTimeoutMs, cause);
      }
      if (attempt === 1) onWaiting?.(address.shown, toReason(cause));
      log.debug({ url: address.shown, attempt, reason: cause.message }, 'waiting for the server');
      await delay(waitMs, undefined, { signal });
    }
  }
}

/** Clearer words for the errors of the client where no NATS server answers, or it goes away. */
function toReason({ message }: Error): string {
  if (message.includes('provided an undefined error')) return 'the connection was closed';
  if (message === 'unexpected response from server') return 'what answers is no NATS server';
  return message === 'timeout' ? 'no answer' : message;
}

/** No server answered within the time that was to be waited. */
export class BrokerUnavailableError extends Error {
  override readonly name = 'BrokerUnavailableError';
  constructor(url: string, waitedMs: number, cause: Error) {
    super(
      `no connection to ${url} within ${waitedMs / 1_000} s (${toReason(cause)}): check that a NATS server listens there`,
      { cause },
    );
  }
}

/**
 * The client itself waits until the clock shows a later time than at the last attempt, so it would not
 * dial again for as long as the clock was moved back. Here each attempt after a failed one takes time.
 */
const monotonicReconnects = {
  reconnectDelayHandler: () => -Infinity,
  reconnectToServer: ([server]) => {
    if (server === undefined) return null;
    const waitMs = RECONNECT_WAIT_MS + Math.random() * RECONNECT_JITTER_MS;
    return { server, delay: server.reconnects === 0 ? 0 : waitMs };
  },
} satisfies Pick<ConnectionOptions, 'reconnectDelayHandler' | 'reconnectToServer'>;

function connectOnce(
  options: ConnectBusOptions,
  address: ServerAddress,
  timeout: number,
): Promise<NatsConnection> {
  const { credentials = address.credentials, name, seed, caFile, inboxPrefix } = options;
  return connect({
    servers: [...address.servers],
    name,
    timeout,
    noAsyncTraces: true,
    maxReconnectAttempts: -1,
    ...monotonicReconnects,
    ...(credentials && { user: credentials.user, pass: credentials.password }),
    ...(seed && { authenticator: nkeyAuthenticator(seed) }),
    ...(caFile !== undefined && { tls: { caFile } }),
    ...(caFile === undefined && address.isEncrypted && { tls: {} }),
    ...(inboxPrefix !== undefined && { inboxPrefix }),
  });
}

/** The client would take a file without certificates for one with none that fits. */
async function checkCertificates(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  const content = await readRegularFile(path).catch((cause: unknown) => {
    const reason = toError(cause).message;
    throw new ConfigurationError([`‹natsCaFile›: ${path} cannot be read: ${reason}`], { cause });
  });
  if (content.includes('-----BEGIN CERTIFICATE-----')) return;
  throw new ConfigurationError([
    `‹natsCaFile›: ${path} holds no certificate: give the PEM file of the authority`,
  ]);
}

/** A connection that is made after the waiting has ended is closed again. */
async function unlessAborted(
  connecting: Promise<NatsConnection>,
  signal: AbortSignal | undefined,
): Promise<NatsConnection> {
  if (signal === undefined) return connecting;
  let stop: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(toError(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([connecting, aborted]);
  } catch (error) {
    if (signal.aborted) void connecting.then((late) => late.close()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What is to be changed before any further attempt can succeed; undefined where waiting may help. */
function toRefusal(cause: Error, { shown }: ServerAddress): string | undefined {
  if (cause instanceof AuthorizationError) {
    return (
      `${shown} refused the credentials: check the user and password, or the key file ` +
      `(‹natsSeedFile›), against the NATS server's configuration`
    );
  }
  const code = 'code' in cause ? String(cause.code) : '';
  if (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code)) {
    return (
      `${shown}: its certificate is not trusted (${cause.message}): give the certificates to trust ` +
      `with ‹natsCaFile›, and connect by the name in the server's certificate`
    );
  }
  if (cause.message.includes("does not support 'tls'")) {
    return `${shown} takes no encrypted connection: leave out ‹natsCaFile› and tls://, or set the server up for TLS`;
  }
  return undefined;
}
