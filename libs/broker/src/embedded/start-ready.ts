import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { TransientError } from '@cullstream/contracts';
import { connectBus, toError, type BusCredentials, type BusLog } from '@cullstream/bus';
import { startGuardedServer, type GuardedServer } from './guarded-server.js';
import { findLostMessages, type MessagePlace } from './find-lost-messages.js';
import { findDamage } from './store-damage.js';
import type { StoreClaim } from './store-owner.js';

export interface ReadyServerOptions {
  readonly storeDir: string;
  readonly configPath: string;
  readonly binary: { readonly path: string };
  readonly url: string;
  readonly credentials: BusCredentials;
  readonly claim: StoreClaim;
  readonly log: BusLog;
  /** The message that could not be read before. */
  readonly doubted?: MessagePlace | undefined;
  /** Maximum time for the server to read its store. */
  readonly readyTimeoutMs?: number | undefined;
  /** Aborts the start and stops the processes that were started. */
  readonly signal?: AbortSignal | undefined;
}

/** The store of a server is damaged. No server runs on it any more. */
export class DamagedStoreError extends Error {
  override readonly name = 'DamagedStoreError';
}

const READY_TIMEOUT_MS = 120_000;

/**
 * Starts a server and waits until it can deliver everything that it has stored.
 * @throws {DamagedStoreError} where it cannot, even after a restart
 * @throws {TransientError} where it does not start for another reason
 */
export async function startReady(options: ReadyServerOptions): Promise<GuardedServer> {
  const { storeDir, url } = options;
  const logPath = join(storeDir, 'nats-server.log');
  const readLog = () => readFile(logPath, 'utf8').catch(() => '');
  const server = await startLogged(options, logPath);
  try {
    await options.claim.record(server);
    const lost = await waitUntilReady(server, options);
    const damage = findDamage(await readLog()) ?? lost;
    if (damage !== undefined) throw new DamagedStoreError(damage);
    return server;
  } catch (thrown) {
    await server.stop();
    if (thrown instanceof DamagedStoreError) throw thrown;
    const cause = toError(thrown);
    const log = await readLog();
    const damage = findDamage(log);
    if (damage !== undefined) throw new DamagedStoreError(damage, { cause });
    throw new TransientError(
      `nats-server did not start in ${storeDir} at ${url}: ${lastErrorIn(log) ?? cause.message}; ` +
        `its log is ${logPath}`,
      { cause },
    );
  }
}

async function startLogged(
  { binary, configPath }: ReadyServerOptions,
  logPath: string,
): Promise<GuardedServer> {
  await rename(logPath, `${logPath}.1`).catch(() => undefined);
  const logFile = await open(logPath, 'a', 0o600);
  try {
    return await startGuardedServer(binary.path, configPath, logFile.fd);
  } finally {
    await logFile.close();
  }
}

/**
 * Listening is not enough: JetStream must answer.
 * @returns what the store has lost, if anything
 */
async function waitUntilReady(
  server: GuardedServer,
  { url, credentials, log, doubted, readyTimeoutMs = READY_TIMEOUT_MS, signal }: ReadyServerOptions,
): Promise<string | undefined> {
  const abort = new AbortController();
  const signals = signal === undefined ? [abort.signal] : [abort.signal, signal];
  const ready = connectBus({
    url,
    credentials,
    name: 'readiness',
    log: quiet(log),
    firstConnectTimeoutMs: readyTimeoutMs,
    signal: AbortSignal.any(signals),
  }).then(async (bus) => {
    try {
      await bus.manager.getAccountInfo();
      return (await findLostMessages(bus, { doubted }))?.description;
    } finally {
      await bus.close();
    }
  });
  const ended = server.exited.then(({ code, signal }) => {
    throw new Error(`it ended with ${code ?? signal ?? 'an unknown status'}`);
  });
  try {
    return await Promise.race([ready, ended]);
  } finally {
    abort.abort();
    ready.catch(() => undefined); // It may still be dialling; nobody waits for it.
  }
}

/** The first connection only tests the server, so its messages are not shown. */
function quiet(log: BusLog): BusLog {
  const debug = (fields: object, message: string) => log.debug(fields, message);
  return { debug, info: debug, warn: debug, error: debug };
}

/** The reason that a server gave when it ended. */
function lastErrorIn(log: string): string | undefined {
  const said = log.split('\n').flatMap((line) => /\[(?:FTL|ERR)\]\s+(.*)/u.exec(line)?.[1] ?? []);
  return said.at(-1);
}
