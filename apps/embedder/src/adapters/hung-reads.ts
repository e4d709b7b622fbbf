import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_DELIVERIES, type Delivery } from '@cullstream/bus';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { withinTime, type HungCallError } from '@cullstream/files';

/** Reads that the system does not answer: each keeps a thread of this process, which is to be replaced. */
export interface HungReads {
  /** Rejects soon after the first: the process is to end. */
  readonly occurred: Promise<never>;
  /** What such a read means for its image: an outage, unless it hangs alone, again and again. */
  judge(error: HungCallError, delivery: Pick<Delivery, 'deliveryCount'>): Promise<Error>;
}

/** Deliveries after which the only read that hangs is given up. */
const MAX_ALONE = 3;
/** Those that began together are overdue together. */
const GATHER_MS = 200;
const PROBE_WITHIN_MS = 3_000;

export function createHungReads(): HungReads {
  let hung = 0;
  let end: (error: Error) => void = () => undefined;
  const occurred = new Promise<never>((_resolve, reject) => (end = reject));
  occurred.catch(() => undefined);
  return {
    occurred,
    async judge(error, { deliveryCount }) {
      hung += 1;
      await delay(GATHER_MS);
      end(error);
      const isSuspect =
        (hung === 1 && deliveryCount >= MAX_ALONE) || deliveryCount > MAX_DELIVERIES;
      if (isSuspect && (await doesDriveAnswer(error.path))) {
        return new PermanentError(
          'unreadable-entry',
          `${error.path}: reading it was given up ${deliveryCount} times, while the rest of its drive ` +
            'answers; check the drive, or copy the file anew',
          { cause: error },
        );
      }
      return new TransientError(error.message, { cause: error });
    },
  };
}

async function doesDriveAnswer(path: string): Promise<boolean> {
  try {
    await withinTime(Promise.all([statfs(dirname(path)), stat(path)]), path, PROBE_WITHIN_MS);
    return true;
  } catch {
    return false;
  }
}
