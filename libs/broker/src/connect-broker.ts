import { ConfigurationError } from '@cullstream/contracts';
import {
  BrokerUnavailableError,
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
  /** Name of the connection, shown by the server's monitoring. */
  readonly name: string;
  readonly log: Logger;
  /** Tells the user what the command waits for. */
  readonly note: (line: string) => void;
  /** Time limit: ten seconds by default. */
  readonly timeoutMs?: number | undefined;
  /** Set where the broker is that of a run on this machine, whose address the user did not give. */
  readonly of?: { readonly run: string; readonly dataDir: string } | undefined;
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Connects a command to its broker and makes sure that it has JetStream. Tells the user if it must
 * wait.
 * @throws {ConfigurationError} when there is none, it refuses, or it has no JetStream; the reason of
 *   `signal` when it is aborted
 */
export async function connectBroker(
  { url, access }: BrokerAddress,
  { name, log, note, timeoutMs = FIRST_CONNECT_TIMEOUT_MS, of, signal }: ConnectBrokerOptions,
): Promise<Bus> {
  const bus = await connectBus({
    url,
    ...access,
    name,
    log,
    signal,
    firstConnectTimeoutMs: timeoutMs,
    onWaiting: (shown, why) => {
      const which = of === undefined ? `a broker at ${shown}` : `the broker of run ${of.run}`;
      note(`waiting ${timeoutMs / 1_000} s for ${which} (${why}); Ctrl-C ends the wait`);
    },
  }).catch((cause: unknown) => {
    // Reports the cause of the abort, not the abort itself.
    signal?.throwIfAborted();
    if (cause instanceof BrokerUnavailableError) {
      const problem =
        of === undefined
          ? `‹nats›: ${cause.message}`
          : `the broker of run ${of.run}, which works in ${of.dataDir}, does not answer within ${timeoutMs / 1_000} s: ` +
            'it begins or ends just now, or hangs. Ask again; where that does not help, end the run (Ctrl-C) ' +
            'and give the same `cullstream run` again, which loses nothing';
      throw new ConfigurationError([problem], { cause });
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
