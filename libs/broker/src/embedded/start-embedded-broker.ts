import { randomBytes } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import type { BusCredentials, BusLog } from '@cullstream/bus';
import type { MessagePlace } from './find-lost-messages.js';
import { freePort } from './try-port.js';
import type { GuardedServer, ServerExit } from './guarded-server.js';
import { serverConfig } from './server-config.js';
import { putStoreBack, setIntruderAside, setStoreAside } from './set-store-aside.js';
import { DamagedStoreError, startReady } from './start-ready.js';
import { claimStore } from './store-owner.js';

export interface EmbeddedBrokerOptions {
  /** Folder of all files of the broker. Only one broker can use it at a time. */
  readonly storeDir: string;
  readonly binary: { readonly path: string; readonly version: string };
  readonly log: BusLog;
  /** The server ended without a request. Start it again with the same port and credentials. */
  readonly onExit?: ((exit: ServerExit) => void) | undefined;
  /**
   * The port, which stays the same over restarts so that services find the server. Default: a free
   * one.
   */
  readonly port?: number | undefined;
  /** The credentials, which stay the same over restarts. Default: random ones. */
  readonly credentials?: BusCredentials | undefined;
  /**
   * The message that could not be read before: if it still cannot be read, the store is damaged.
   */
  readonly doubted?: MessagePlace | undefined;
  /** Maximum time for the server to read its store. */
  readonly readyTimeoutMs?: number | undefined;
  /** Aborts the start and stops the processes that were started. */
  readonly signal?: AbortSignal | undefined;
}

export interface EmbeddedBroker {
  readonly url: string;
  readonly port: number;
  readonly credentials: BusCredentials;
  /** Process id of nats-server. */
  readonly pid: number;
  /**
   * New name of the former store, if it was damaged: this broker then started with an empty one.
   */
  readonly setAside: string | undefined;
  /** Stops the server cleanly. Resolves when it has ended; can be called repeatedly. */
  stop(): Promise<void>;
}

/**
 * Starts a nats-server with JetStream for this process alone: on the loopback interface, with its
 * store below `storeDir` and credentials in a file that only its owner can read. It ends when this
 * process ends, for any reason. Resolves when the server is ready. A damaged store is renamed, and
 * a new one takes its place.
 * @throws {ConfigurationError} when another process uses the store.
 * @throws {TransientError} when it does not start; its log contains the details.
 */
export async function startEmbeddedBroker(options: EmbeddedBrokerOptions): Promise<EmbeddedBroker> {
  const { binary, log } = options;
  const storeDir = resolve(options.storeDir);
  const intruder = await setIntruderAside(storeDir);
  await mkdir(storeDir, { recursive: true, mode: 0o700 });
  const configPath = join(storeDir, 'nats-server.conf');
  const claim = await claimStore(storeDir, configPath, log);
  try {
    const port = options.port ?? (await freePort());
    const credentials = options.credentials ?? randomCredentials();
    await writeConfig(configPath, { port, credentials, version: binary.version });
    const url = `nats://127.0.0.1:${port}`;
    const begin = () => startReady({ ...options, storeDir, configPath, url, credentials, claim });
    const { server, damage, aside = intruder?.aside } = await beginAnewIfDamaged(storeDir, begin);
    if (aside !== undefined) {
      log.warn(
        { damage: damage ?? `${intruder?.path ?? storeDir} is none of its files` },
        `the store of the broker is damaged: it is kept as ${aside}, and a new one takes its place`,
      );
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
      setAside: aside,
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

/** Tries a new store too, before the old one is considered the cause. */
async function beginAnewIfDamaged(
  storeDir: string,
  begin: () => Promise<GuardedServer>,
): Promise<{ server: GuardedServer; aside?: string; damage?: string }> {
  try {
    return { server: await begin() };
  } catch (error) {
    if (!(error instanceof DamagedStoreError)) throw error;
    const aside = await setStoreAside(storeDir);
    if (aside === undefined) throw notStarted(storeDir, error);
    try {
      return { server: await begin(), aside, damage: error.message };
    } catch (again) {
      await putStoreBack(storeDir, aside);
      throw again instanceof DamagedStoreError ? notStarted(storeDir, again) : again;
    }
  }
}

function notStarted(storeDir: string, cause: DamagedStoreError): TransientError {
  const log = join(storeDir, 'nats-server.log');
  return new TransientError(
    `nats-server does not start on an empty store either (${cause.message}); its log is ${log}`,
    { cause },
  );
}

function randomCredentials(): BusCredentials {
  return { user: 'cullstream', password: randomBytes(24).toString('base64url') };
}

async function writeConfig(
  configPath: string,
  config: { port: number; credentials: BusCredentials; version: string },
): Promise<void> {
  const text = serverConfig(config);
  // A new file, because an existing one would keep its permissions.
  await rm(configPath, { force: true });
  await writeFile(configPath, text, { mode: 0o600, flag: 'wx' });
}
