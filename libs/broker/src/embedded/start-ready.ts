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
  /** A message that could not be read lately. */
  readonly doubted?: MessagePlace | undefined;
  /** Longest wait for the server to have read its store. */
  readonly readyTimeoutMs?: number | undefined;
  /** Gives up waiting for it, and ends what was started. */
  readonly signal?: AbortSignal | undefined;
}

/** What a server has stored cannot be used as it is. Nobody runs on it any more. */
export class DamagedStoreError extends Error {
  override readonly name = 'DamagedStoreError';
}

const READY_TIMEOUT_MS = 120_000;

/**
 * Starts a server and waits until it serves all that it has stored.
 * @throws {DamagedStoreError} where that cannot be, however often it is started
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
 * @returns what it has lost, if anything
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

/** The first connection is ours alone: nobody wants to read about it. */
function quiet(log: BusLog): BusLog {
  const debug = (fields: object, message: string) => log.debug(fields, message);
  return { debug, info: debug, warn: debug, error: debug };
}

/** What a server gave as its reason to end. */
function lastErrorIn(log: string): string | undefined {
  const said = log.split('\n').flatMap((line) => /\[(?:FTL|ERR)\]\s+(.*)/u.exec(line)?.[1] ?? []);
  return said.at(-1);
}
