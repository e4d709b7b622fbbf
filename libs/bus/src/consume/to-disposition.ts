import { MalformedEventError, PermanentError, TransientError } from '@cullstream/contracts';
import { retryDelayMs } from '../retry-delay.js';

/** What becomes of a delivery. */
export type Disposition =
  | { readonly kind: 'ack' }
  | { readonly kind: 'nak'; readonly delayMs: number }
  | { readonly kind: 'dead'; readonly reason: string };

/** How handling ended: `undefined` is done. */
export type Outcome = Error | undefined;

/** Deliveries after which a handler bug is given up. */
export const MAX_DELIVERIES = 5;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 60_000;

/** Handling this event ended the process, again and again. */
export class NeverFinishedError extends Error {
  override readonly name = 'NeverFinishedError';
}

/**
 * Turns how handling ended into what the server is told.
 *
 * A passing failure is never given up, whatever the count: the deliveries it used up do not harm
 * the message. A bug is given up once the message has been delivered {@link MAX_DELIVERIES} times;
 * as passing failures count as deliveries too, a bug after many of them is given up at once.
 */
export function toDisposition(outcome: Outcome, deliveryCount: number): Disposition {
  if (outcome === undefined) return { kind: 'ack' };
  if (outcome instanceof TransientError) {
    return { kind: 'nak', delayMs: outcome.retryAfterMs ?? delayMs(deliveryCount) };
  }
  if (outcome instanceof PermanentError) return { kind: 'dead', reason: outcome.reason };
  if (outcome instanceof MalformedEventError) return { kind: 'dead', reason: 'malformed-event' };
  if (outcome instanceof NeverFinishedError) return { kind: 'dead', reason: 'never-finished' };
  if (deliveryCount >= MAX_DELIVERIES) return { kind: 'dead', reason: 'unexpected-error' };
  return { kind: 'nak', delayMs: delayMs(deliveryCount) };
}

function delayMs(deliveryCount: number): number {
  return retryDelayMs(deliveryCount, FIRST_DELAY_MS, MAX_DELAY_MS);
}
