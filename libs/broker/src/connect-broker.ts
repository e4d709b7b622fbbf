import { ConfigurationError } from '@cullstream/contracts';
import {
  BrokerAwayError,
  connectBus,
  requireJetStream,
  type Bus,
  type BusAccess,
} from '@cullstream/bus';
import type { Logger } from '@cullstream/runtime';

/** How long a command waits for a broker that does not answer. */
const FIRST_CONNECT_TIMEOUT_MS = 10_000;

export interface BrokerAddress {
  readonly url: string;
  readonly access: BusAccess;
}

export interface ConnectBrokerOptions {
  /** Shown by the server's monitoring. */
  readonly name: string;
  readonly log: Logger;
  /** Tells people that something is waited for. */
  readonly note: (line: string) => void;
  /** Gives up after this long: ten seconds, unless said otherwise. */
  readonly timeoutMs?: number | undefined;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects a command to its broker and makes sure that it can do the work. Says so when it must wait.
 * @throws {ConfigurationError} when there is none, it refuses, or it has no JetStream; the reason of
 *   `signal` when it is aborted
 */
export async function connectBroker(
  { url, access }: BrokerAddress,
  { name, log, note, timeoutMs = FIRST_CONNECT_TIMEOUT_MS, signal }: ConnectBrokerOptions,
): Promise<Bus> {
  const bus = await connectBus({
    url,
    ...access,
    name,
    log,
    signal,
    firstConnectTimeoutMs: timeoutMs,
    onWaiting: (shown, why) =>
      note(
        `waiting ${timeoutMs / 1_000} s for a broker at ${shown} (${why}); Ctrl-C ends the wait`,
      ),
  }).catch((cause: unknown) => {
    // What ended the wait, not that the wait was ended.
    signal?.throwIfAborted();
    if (cause instanceof BrokerAwayError) {
      throw new ConfigurationError([`‹nats›: ${cause.message}`], { cause });
    }
    throw cause;
  });
  try {
    await requireJetStream(bus, signal);
    return bus;
  } catch (error) {
    await bus.close();
    signal?.throwIfAborted();
    throw error;
  }
}
