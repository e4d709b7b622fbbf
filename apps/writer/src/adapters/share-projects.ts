import { toError, type Consumption } from '@cullstream/bus';
import { ConfigurationError } from '@cullstream/contracts';
import { pause, type Logger, type Partitions } from '@cullstream/runtime';

export interface Sharing {
  /** Consumes the messages of a partition. */
  readonly consume: (partition: number) => Promise<Consumption>;
  /** Called when a partition is given back, after its last work and before others may take it. */
  readonly finish: (partition: number) => void;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly lookEveryMs?: number;
}

const LOOK_EVERY_MS = 1_000;

/** Consumes the partitions that are this process's share of all, which changes as others come and go. */
export function shareProjects(
  partitions: Partitions,
  { consume, finish, log, lookEveryMs = LOOK_EVERY_MS }: Sharing,
): Consumption {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Map<number, Consumption>();
  let failed: (error: unknown) => void = () => undefined;
  const failure = new Promise<never>((_resolve, reject) => (failed = reject));
  failure.catch(() => undefined);

  async function giveBack(partition: number): Promise<void> {
    const consumption = running.get(partition);
    running.delete(partition);
    await consumption?.stop();
    finish(partition);
    partitions.release(partition);
  }

  async function adjust(): Promise<void> {
    const share = tryLocks(() => partitions.look());
    if (share === undefined) return;
    const before = [...running.keys()].join();
    for (const partition of [...running.keys()]) {
      if (!share.includes(partition)) await giveBack(partition);
    }
    for (const partition of share) {
      if (running.has(partition) || tryLocks(() => partitions.take(partition)) !== true) continue;
      const consumption = await consume(partition);
      consumption.done.catch(failed);
      running.set(partition, consumption);
    }
    const now = [...running.keys()].toSorted((one, other) => one - other);
    if (now.join() !== before)
      log.info({ partitions: now }, 'works for these partitions of the projects');
  }

  let trouble = '';

  /** Undefined while the locks cannot be reached: then everything stays as it is. */
  function tryLocks<T>(use: () => T): T | undefined {
    try {
      const result = use();
      trouble = '';
      return result;
    } catch (error) {
      if (error instanceof ConfigurationError) throw error;
      const { message } = toError(error);
      if (message !== trouble) log.warn({ err: error }, 'the locks of the writers cannot be used');
      trouble = message;
      return undefined;
    }
  }

  async function work(): Promise<void> {
    while (!signal.aborted) {
      await adjust();
      await pause(lookEveryMs, signal);
    }
    await Promise.all([...running.keys()].map(giveBack));
  }

  const worked = work();
  worked.catch(() => undefined);
  return {
    done: Promise.race([worked, failure]),
    async stop() {
      stopping.abort();
      await worked;
    },
  };
}
