import { setTimeout as delay } from 'node:timers/promises';
import { tryLockData, type DataLock, type Logger } from '@cullstream/runtime';
import { openBroker } from './open-broker.js';
import { type Broker } from './broker.js';
import type { OwnBroker } from './broker-target.js';
import type { BrokerFile } from './broker-file.js';

const LOOK_EVERY_MS = 500;

/**
 * Uses the embedded broker of a run that already works in the data folder. When that run and its
 * broker end, the broker is started again by this process, at the same address and on the same
 * store, and services reconnect by themselves. It then ends with this process, as does the data
 * lock.
 */
export function joinBroker(target: OwnBroker, host: BrokerFile, log: Logger): Broker {
  const { url, user, password } = host;
  const credentials = user === undefined || password === undefined ? undefined : { user, password };
  const leaving = new AbortController();
  const { signal } = leaving;
  let lock: DataLock | undefined;
  let own: Broker | undefined;
  let fail: (why: unknown) => void = () => undefined;
  const failed = new Promise<never>((_resolve, reject) => (fail = reject));
  failed.catch(() => undefined);
  const tryTakeOver = async () => {
    lock ??= await tryLockData({ data: target.dataDir });
    if (lock === undefined) return;
    try {
      const again = credentials && { port: Number(new URL(url).port), credentials };
      own = await openBroker(target, log, again);
      own.failed.catch(fail);
    } catch (error) {
      log.error({ err: error }, 'the broker of the run that ended cannot be started again yet');
    }
  };
  const takeOver = async () => {
    while (own === undefined && !signal.aborted) {
      await tryTakeOver();
      await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  const takingOver = takeOver().catch((error: unknown) =>
    log.error({ err: error }, 'the data folder cannot be taken over from the run that ended'),
  );
  return {
    url,
    credentials,
    access: { credentials },
    version: undefined,
    failed,
    restart: (how) => own?.restart(how) ?? Promise.resolve(),
    async stop() {
      leaving.abort();
      await takingOver;
      await own?.stop();
      await lock?.release();
    },
  };
}
