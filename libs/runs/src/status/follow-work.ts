import type { Bus } from '@cullstream/bus';
import {
  connectBroker,
  hasWorkerEnded,
  openBroker,
  readBrokerFile,
  workKinds,
  type Broker,
  type BrokerContext,
} from '@cullstream/broker';
import { pause } from '@cullstream/runtime';

export interface FollowOptions {
  /** Is given the broker of what is under way. @returns what is called when that has ended */
  readonly follow: (bus: Bus) => () => void;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 1_000;
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Stays connected to the broker of whatever is under way in a data folder, now and later, until it is told
 * to stop. Starts and changes nothing.
 */
export async function followWork(
  { data }: { readonly data: string },
  context: BrokerContext,
  { follow, signal }: FollowOptions,
): Promise<void> {
  while (!signal.aborted) {
    const broker = await findBroker(data, context);
    if (broker !== undefined) {
      await followBroker(broker, data, context, { follow, signal }).catch((error: unknown) =>
        context.log.debug({ err: error }, 'the broker of the run cannot be reached'),
      );
    }
    await pause(LOOK_EVERY_MS, signal);
  }
}

type ReachableBroker = Pick<Broker, 'url' | 'access'>;

async function followBroker(
  broker: ReachableBroker,
  data: string,
  context: BrokerContext,
  { follow, signal }: FollowOptions,
): Promise<void> {
  const { log, note } = context;
  const timeoutMs = CONNECT_TIMEOUT_MS;
  const bus = await connectBroker(broker, { name: 'cli', log, note, timeoutMs });
  const unfollow = follow(bus);
  try {
    while (!signal.aborted && !bus.connection.isClosed()) {
      if ((await findBroker(data, context))?.url !== broker.url) break;
      await pause(LOOK_EVERY_MS, signal);
    }
  } finally {
    unfollow();
    await bus.close();
  }
}

/** Of a run or replay that somebody works on; undefined where nobody does. */
async function findBroker(
  data: string,
  { target, log }: BrokerContext,
): Promise<ReachableBroker | undefined> {
  if (target.kind === 'external') return openBroker(target, log);
  for (const kind of workKinds) {
    const file = await readBrokerFile(data, kind);
    if (file === undefined || hasWorkerEnded(file)) continue;
    const { url, user, password } = file;
    const credentials =
      user === undefined || password === undefined ? undefined : { user, password };
    return { url, access: { credentials } };
  }
  return undefined;
}
