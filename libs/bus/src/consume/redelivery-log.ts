import { TransientError } from '@cullstream/contracts';
import type { BusLog } from '../bus-log.js';

/** What is said of deliveries that go back: an outage once, and once when it is over. */
export interface RedeliveryLog {
  /** The message of this sequence goes back for this reason. */
  failed(sequence: number, reason: Error, fields: object): void;
  /** The message of this sequence is done. */
  done(sequence: number): void;
}

interface Outage {
  readonly sequences: Set<number>;
  lastMs: number;
}

const AGAIN = 'to be delivered again';
/** Twice the longest wait before a message is tried again: who failed so was done by others since. */
const OVER_AFTER_MS = 120_000;

/**
 * Failures of the same kind, as by the same code of the system, are one outage: the first is a
 * warning, the others are said at debug level. It is over when a message that had gone back for it
 * is done here, or when nothing has failed so for a while. A failure that is no passing one is always
 * a warning; a delivery that was handed back on purpose never is.
 * @param now in milliseconds, of a clock that never goes back
 */
export function createRedeliveryLog(
  log: BusLog,
  now: () => number = () => performance.now(),
): RedeliveryLog {
  const outages = new Map<string, Outage>();

  function forgetOld(): void {
    for (const [kind, { lastMs }] of outages) {
      if (now() - lastMs > OVER_AFTER_MS) outages.delete(kind);
    }
  }

  return {
    failed(sequence, reason, fields) {
      if (!(reason instanceof TransientError)) {
        log.warn(fields, AGAIN);
        return;
      }
      if (reason.retryAfterMs === 0) {
        log.debug(fields, AGAIN);
        return;
      }
      forgetOld();
      const kind = toKind(reason);
      const outage = outages.get(kind);
      if (outage === undefined) {
        outages.set(kind, { sequences: new Set([sequence]), lastMs: now() });
        log.warn(fields, `${AGAIN}, as all that fails so until it is over`);
        return;
      }
      outage.sequences.add(sequence);
      outage.lastMs = now();
      log.debug(fields, AGAIN);
    },
    done(sequence) {
      for (const [kind, { sequences }] of outages) {
        if (!sequences.has(sequence)) continue;
        outages.delete(kind);
        log.info({ kind }, 'what had to be delivered again is done: it is over');
      }
    },
  };
}

/** The system's or SQLite's code where there is one: messages may name each image. */
function toKind(reason: Error): string {
  for (let error: unknown = reason; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return reason.message;
}
