import { TransientError } from '@cullstream/contracts';
import type { BusLog } from '../bus-log.js';

/** What is said of deliveries that go back: an outage once, and once when it is over. */
export interface Outage {
  /** The message of this sequence goes back for this reason. */
  met(sequence: number, reason: Error, fields: object): void;
  /** The message of this sequence is done. */
  passed(sequence: number): void;
}

const AGAIN = 'to be delivered again';

/**
 * Failures of the same kind, as by the same code of the system, are one outage: the first is a
 * warning, the others are said at debug level. It is over when a message that had gone back for it
 * is done. A failure that is no passing one is always a warning; a delivery that was handed back on
 * purpose never is.
 */
export function createOutage(log: BusLog): Outage {
  const sequencesByKind = new Map<string, Set<number>>();
  return {
    met(sequence, reason, fields) {
      if (!(reason instanceof TransientError)) {
        log.warn(fields, AGAIN);
      } else if (reason.retryAfterMs === 0) {
        log.debug(fields, AGAIN);
      } else {
        const sequences = sequencesByKind.get(kindOf(reason));
        if (sequences === undefined) {
          sequencesByKind.set(kindOf(reason), new Set([sequence]));
          log.warn(fields, `${AGAIN}, as all that fails so until it is over`);
        } else {
          sequences.add(sequence);
          log.debug(fields, AGAIN);
        }
      }
    },
    passed(sequence) {
      for (const [kind, sequences] of sequencesByKind) {
        if (!sequences.has(sequence)) continue;
        sequencesByKind.delete(kind);
        log.info({ kind }, 'what had to be delivered again is done: it is over');
      }
    },
  };
}

/** The system's or SQLite's code where there is one: messages may name each image. */
function kindOf(reason: Error): string {
  for (let error: unknown = reason; error instanceof Error; error = error.cause) {
    if ('code' in error && typeof error.code === 'string') return error.code;
  }
  return reason.message;
}
