import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { TransientError } from '@cullstream/contracts';
import {
  startEmbeddedBroker,
  type EmbeddedBroker,
  type EmbeddedBrokerOptions,
} from './embedded/start-embedded-broker.js';
import type { MessagePlace } from './embedded/find-lost-messages.js';
import { errorMessage } from '@cullstream/files';
import { openDataFolder, type Logger } from '@cullstream/runtime';
import type { Broker } from './broker.js';
import { retryTransient } from './retry-transient.js';
import { RestartDelays } from './restart-delays.js';

export type FormerAddress = Pick<EmbeddedBroker, 'port' | 'credentials'>;

export interface KeepBrokerAliveOptions extends Pick<EmbeddedBrokerOptions, 'storeDir' | 'binary'> {
  /** The data folder, which holds the store. */
  readonly dataDir: string;
  readonly log: Logger;
  /** The address of the broker before, for clients that are connected to it. */
  readonly before?: FormerAddress | undefined;
  /** Time during which the broker may end again and again. */
  readonly giveUpAfterMs?: number;
}

const DELAYS = { firstMs: 200, longestMs: 30_000, forgottenAfterMs: 5 * 60_000 };
const LOOK_EVERY_MS = 1_000;
const GIVE_UP_AFTER_MS = 10 * 60_000;
/** A missing folder is reported elsewhere. */
const UNHEARD = { warn: () => undefined, info: () => undefined };
/** A broker that ran for this long counts as healthy. */
const WELL_AFTER_MS = 60_000;

/**
 * Starts a broker and keeps it running. If it ends, it is started again at the same address, and
 * services reconnect by themselves. Each further restart waits longer. `failed` rejects when
 * restarting is given up, or when the store was lost during the work.
 */
export async function keepBrokerAlive({
  giveUpAfterMs = GIVE_UP_AFTER_MS,
  ...options
}: KeepBrokerAliveOptions): Promise<Broker> {
  const { log, before, binary, dataDir, storeDir } = options;
  const delays = new RestartDelays(DELAYS);
  let fail: (why: Error) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  const stopping = new AbortController();
  // A stop may be requested during any wait.
  const isStopping = () => stopping.signal.aborted;
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  let troubleSince = 0;
  let startedAt = 0;

  const start = async (again: FormerAddress | undefined, doubted?: MessagePlace) => {
    const { port, credentials } = again ?? {};
    const onExit = () => restartLater(new Error('it ended unasked'));
    const { signal } = stopping;
    const where = { port, credentials };
    const broker = await startEmbeddedBroker({ ...options, ...where, doubted, onExit, signal });
    startedAt = performance.now();
    if (again !== undefined && broker.setAside !== undefined) giveUp(toLost(broker.setAside));
    return broker;
  };
  const giveUp = (why: Error) => {
    isOver = true;
    fail(why);
  };
  const restartLater = (why: unknown) => {
    if (isStopping() || isOver) return;
    const now = performance.now();
    const wasWell = startedAt > troubleSince && now > startedAt + WELL_AFTER_MS;
    if (troubleSince === 0 || wasWell) troubleSince = now;
    const { delayMs } = delays.next(now);
    if (now + delayMs > troubleSince + giveUpAfterMs) {
      giveUp(toGivenUp(why, giveUpAfterMs));
      return;
    }
    clearTimeout(timer);
    timer = setTimeout(() => void inTurn(() => startAgain()), delayMs);
  };
  const folder = openDataFolder(dataDir, UNHEARD);
  let current = await retryTransient(() => start(before));
  await folder.problem();
  // The first run in a folder marks it while its broker runs.
  const looking = setInterval(() => void folder.problem(), LOOK_EVERY_MS).unref();
  let turns = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => (turns = turns.then(work));
  const startAgain = async (doubted?: MessagePlace) => {
    if (isStopping() || isOver) return;
    // No broker is started on the empty mount point of a missing disk, nor on another folder's
    // store.
    const problem = await folder.problem();
    if (problem !== undefined || !existsSync(storeDir)) {
      if (isStopping()) return;
      log.debug({ storeDir, problem }, 'the broker is not started again: its folder is away');
      timer = setTimeout(() => void inTurn(() => startAgain(doubted)), LOOK_EVERY_MS);
      return;
    }
    log.warn(
      'the broker ended and is started again: nothing is lost; ' +
        `${join(storeDir, 'nats-server.log')} tells why`,
    );
    try {
      current = await start(current, doubted);
    } catch (error) {
      if (isStopping()) return;
      log.error({ err: error }, 'the broker cannot be started again yet');
      restartLater(error);
    }
  };
  return {
    get url() {
      return current.url;
    },
    get credentials() {
      return current.credentials;
    },
    get access() {
      return { credentials: current.credentials };
    },
    version: binary.version,
    failed,
    restart({ doubted } = {}) {
      return inTurn(async () => {
        clearTimeout(timer);
        await current.stop();
        await startAgain(doubted);
      });
    },
    async stop() {
      stopping.abort();
      clearInterval(looking);
      clearTimeout(timer);
      // A broker that is being started also writes to the store.
      await turns;
      await current.stop();
    },
  };
}

function toLost(aside: string): TransientError {
  return new TransientError(
    `the store of the broker was damaged while it was used, and is kept as ${aside}; the same ` +
      'command begins with a new one, and does not do again what is done',
  );
}

function toGivenUp(why: unknown, afterMs: number): TransientError {
  const cause = why instanceof Error ? why : undefined;
  return new TransientError(
    `the broker could not be kept alive for ${Math.round(afterMs / 1_000)} s: ${errorMessage(why)}; ` +
      'end what keeps it from working, then give the same command again',
    { cause },
  );
}
