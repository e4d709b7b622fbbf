import { setTimeout as delay } from 'node:timers/promises';
import { ConfigurationError } from '@cullstream/contracts';
import { PermissionViolationError } from '@nats-io/nats-core';
import { readContract } from '../records/contract-record.js';
import { toError } from '../to-error.js';
import type { Bus } from './bus.js';

/** A server that has just been started takes a moment until JetStream answers. */
const STARTING_MS = 5_000;
const ASK_AGAIN_AFTER_MS = 250;
/** Below this an event of an ordinary image has no room. */
const LEAST_PAYLOAD_BYTES = 16 * 1024;

/**
 * Makes sure that a broker can do the work at all.
 * @throws {ConfigurationError} when JetStream is off, for the server or for the account, the user may
 *   not use it, or messages may not be large enough for one image
 */
export async function requireJetStream(bus: Bus, signal?: AbortSignal): Promise<void> {
  const { info } = bus.connection;
  const server = bus.connection.getServer();
  const maxPayload = info?.max_payload ?? Infinity;
  if (maxPayload < LEAST_PAYLOAD_BYTES) {
    throw new ConfigurationError([
      `the broker at ${server} takes messages of ${maxPayload} bytes at most: set its max_payload to ` +
        `${LEAST_PAYLOAD_BYTES} or more (1 MB is its default)`,
    ]);
  }
  const untilMs = performance.now() + (info?.jetstream === true ? STARTING_MS : 0);
  for (;;) {
    signal?.throwIfAborted();
    try {
      await readContract(bus);
      return;
    } catch (thrown) {
      const cause = toError(thrown);
      if (isForbidden(cause)) {
        throw new ConfigurationError(
          [
            `the broker at ${server} does not let this user work with JetStream (${cause.message}): ` +
              'log in with the key of the right user (‹natsSeedFile›)',
          ],
          { cause },
        );
      }
      if (!isWithoutJetStream(cause)) throw cause;
      if (performance.now() > untilMs) {
        throw new ConfigurationError(
          [
            `the broker at ${server} has no JetStream: switch it on for the server ` +
              '(`jetstream {}` in its configuration, or `nats-server -js`) and for the account',
          ],
          { cause },
        );
      }
      await delay(ASK_AGAIN_AFTER_MS, undefined, { signal });
    }
  }
}

function isWithoutJetStream({ name }: Error): boolean {
  return name === 'JetStreamNotEnabled';
}

function isForbidden(error: unknown): boolean {
  if (error instanceof PermissionViolationError) return true;
  return error instanceof Error && error.cause !== undefined && isForbidden(error.cause);
}
