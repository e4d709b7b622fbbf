import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_DELIVERIES, type Delivery } from '@cullstream/bus';
import { PermanentError, TransientError } from '@cullstream/contracts';
import { withinTime, type HungCallError } from '@cullstream/files';

/** Reads that the system does not answer. Each blocks a thread, so the process has to be replaced. */
export interface HungReads {
  /** Rejects soon after the first such read. The process must end then. */
  readonly occurred: Promise<never>;
  /** The error for the image: an outage, unless its read was repeatedly the only one that hung. */
  judge(error: HungCallError, delivery: Pick<Delivery, 'deliveryCount'>): Promise<Error>;
}

/** Number of deliveries after which an image whose read alone hangs is given up. */
const MAX_ALONE = 3;
/** Reads that began together reach their time limit together: wait for the others this long. */
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
