import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { BusLog } from '../bus-log.js';
import { connectBus, type BusCredentials } from '../connection/connect-bus.js';
import { toError } from '../to-error.js';
import { freePort } from './free-port.js';
import { startGuardedServer, type GuardedServer, type ServerExit } from './guarded-server.js';
import { serverConfig } from './server-config.js';
import { claimStore } from './store-owner.js';

export interface EmbeddedBrokerOptions {
  /** Folder of everything the broker keeps; one broker at a time. */
  readonly storeDir: string;
  readonly binary: { readonly path: string; readonly version: string };
  readonly log: BusLog;
  /** The server ended without having been asked to. Start it again with the same port and credentials. */
  readonly onExit?: ((exit: ServerExit) => void) | undefined;
  /** Kept over restarts, so that services find the server again. A free one by default. */
  readonly port?: number | undefined;
  /** Kept over restarts. Random by default. */
  readonly credentials?: BusCredentials | undefined;
  /** Longest wait for the server to have read its store. */
  readonly readyTimeoutMs?: number | undefined;
}

export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  readonly credentials: BusCredentials;
  /** Process id of nats-server. */
  readonly pid: number;
  /** Stops the server cleanly. Resolves when it is gone; safe to call again. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 120_000;
const LOG_TAIL_LINES = 15;

/**
 * Starts a nats-server with JetStream for this process alone: on the loopback interface, with its
 * store below `storeDir` and credentials that stand only in a file nobody else can read. It ends
 * when this process ends, however that happens. Ready when resolved.
 * @throws {ConfigurationError} when another process uses the store.
 * @throws {Error} with the end of the server's log, when it does not start.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { binary, log } = options;
  const storeDir = resolve(options.storeDir);
  await mkdir(storeDir, { recursive: true, mode: 0o700 });
  const configPath = join(storeDir, 'nats-server.conf');
  const claim = await claimStore(storeDir, configPath, log);
  try {
    const port = options.port ?? (await freePort());
    const credentials = options.credentials ?? randomCredentials();
    await writeConfig(configPath, { storeDir, port, credentials, version: binary.version });
    const server = await startLogged(binary.path, configPath, storeDir);
    await claim.record(server);
    const url = `nats://127.0.0.1:${port}`;
    try {
      await waitUntilReady(server, url, credentials, options);
    } catch (thrown) {
      const cause = toError(thrown);
      await server.stop();
      const tail = await logTail(storeDir);
      throw new Error(`nats-server did not start in ${storeDir}: ${cause.message}\n${tail}`, {
        cause,
      });
    }
    log.info({ url, pid: server.serverPid, version: binary.version }, 'nats-server is ready');
    let stopping = false;
    void server.exited.then((exit) => {
      if (!stopping) {
        log.error({ ...exit, pid: server.serverPid }, 'nats-server ended unasked');
        options.onExit?.(exit);
      }
    });
    return {
      url,
      port,
      credentials,
      pid: server.serverPid,
      async stop() {
        if (stopping) return server.stop();
        stopping = true;
        await server.stop();
        await claim.release();
      },
    };
  } catch (error) {
    await claim.release();
    throw error;
  }
}

function randomCredentials(): BusCredentials {
  return { user: 'cullstream', password: randomBytes(24).toString('base64url') };
}

async function writeConfig(
  configPath: string,
  config: { storeDir: string; port: number; credentials: BusCredentials; version: string },
): Promise<void> {
  const text = serverConfig({
    ...config,
    jetstreamDir: join(config.storeDir, 'jetstream'),
    pidFile: join(config.storeDir, 'nats-server.pid'),
  });
  // A new file, for an old one keeps the permissions it has.
  await rm(configPath, { force: true });
  await writeFile(configPath, text, { mode: 0o600, flag: 'wx' });
}

function logPath(storeDir: string): string {
  return join(storeDir, 'nats-server.log');
}

async function startLogged(
  binaryPath: string,
  configPath: string,
  storeDir: string,
): Promise<GuardedServer> {
  await rename(logPath(storeDir), `${logPath(storeDir)}.1`).catch(() => undefined);
  const logFile = await open(logPath(storeDir), 'a', 0o600);
  try {
    return await startGuardedServer(binaryPath, configPath, logFile.fd);
  } finally {
    await logFile.close();
  }
}

/** Listening is not enough: JetStream must answer. */
async function waitUntilReady(
  server: GuardedServer,
  url: string,
  credentials: BusCredentials,
  { log, readyTimeoutMs = READY_TIMEOUT_MS }: EmbeddedBrokerOptions,
): Promise<void> {
  const abort = new AbortController();
  const ready = connectBus({
    url,
    credentials,
    name: 'readiness',
    log: quiet(log),
    firstConnectTimeoutMs: readyTimeoutMs,
    signal: abort.signal,
  }).then(async (bus) => {
    try {
      await bus.manager.getAccountInfo();
    } finally {
      await bus.close();
    }
  });
  const ended = server.exited.then(({ code, signal }) => {
    throw new Error(`it ended with ${code ?? signal ?? 'an unknown status'}`);
  });
  try {
    await Promise.race([ready, ended]);
  } finally {
    abort.abort();
    ready.catch(() => undefined); // It may still be dialling; nobody waits for it.
  }
}

/** The first connection is ours alone: nobody wants to read about it. */
function quiet(log: BusLog): BusLog {
  const debug = (fields: object, message: string) => log.debug(fields, message);
  return { debug, info: debug, warn: debug, error: debug };
}

async function logTail(storeDir: string): Promise<string> {
  const text = await readFile(logPath(storeDir), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-LOG_TAIL_LINES).join('\n');
}
