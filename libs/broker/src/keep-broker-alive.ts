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
  /** The store lies in it. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Where it was before, for those who are connected to it. */
  readonly before?: FormerAddress | undefined;
  /** How long it may keep ending. */
  readonly giveUpAfterMs?: number;
}

const DELAYS = { firstMs: 200, longestMs: 30_000, forgottenAfterMs: 5 * 60_000 };
const LOOK_EVERY_MS = 1_000;
const GIVE_UP_AFTER_MS = 10 * 60_000;
/** Others tell that the folder is away. */
const UNHEARD = { warn: () => undefined, info: () => undefined };
/** One that has worked for so long was well. */
const WELL_AFTER_MS = 60_000;

/**
 * Starts a broker and keeps it alive: one that ends comes back at its old address, and every service
 * reconnects by itself. The more often it ends, the longer it stays away; `failed` tells when it is
 * given up, or when its store was lost in the middle of the work.
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
  // It may be told to stop during any wait.
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
  // The first run of a folder marks it while its broker works.
  const looking = setInterval(() => void folder.problem(), LOOK_EVERY_MS).unref();
  let turns = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => (turns = turns.then(work));
  const startAgain = async (doubted?: MessagePlace) => {
    if (isStopping() || isOver) return;
    // None is begun on the bare mount point of a disk that is gone, nor on the store of another folder.
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
      // What is just being started writes to the store, too.
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
