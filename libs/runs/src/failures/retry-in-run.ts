import { groupBy } from '@cullstream/domain';
import { toRetryId, type RunId } from '@cullstream/contracts';
import { deleteDeadLetter, type Bus } from '@cullstream/bus';
import { readRuns } from '@cullstream/store';
import { retryTransient, type Broker } from '@cullstream/broker';
import { publishImages, requeue, type RequeueOptions } from '../execute/requeue.js';
import { toStoredEvents } from '../execute/stored-events.js';
import type { DeadEntry, FailedImage, PoisonedMessage } from './dead-entry.js';

/**
 * Publishes images and messages of one run once more under new ids, and lets the services of that run
 * work until nothing is left. A message that fails again leaves a new dead letter, and the old one is
 * deleted.
 * @returns whether it came to its end, or was interrupted
 */
export async function retryInRun(
  { bus, broker }: { readonly bus: Bus; readonly broker: Broker },
  run: RunId,
  entries: readonly DeadEntry[],
  options: RequeueOptions,
): Promise<'done' | 'interrupted'> {
  const letters = entries.filter(isMessage);
  const publish = async (to: Bus, attempt: string) => {
    await publishFailed(to, entries.filter(isImage), attempt);
    await publishMessages(to, letters, attempt);
  };
  const end = await requeue({ bus, broker }, run, publish, options);
  if (end === 'done') {
    for (const { letter } of letters) {
      await retryTransient(() => deleteDeadLetter(bus, letter.letterSequence));
    }
  }
  return end;
}

const isImage = (entry: DeadEntry): entry is FailedImage => entry.kind === 'image';
const isMessage = (entry: DeadEntry): entry is PoisonedMessage => entry.kind === 'message';

async function publishFailed(
  bus: Bus,
  images: readonly FailedImage[],
  attempt: string,
): Promise<void> {
  for (const [path, ofDatabase] of groupBy(images, ({ database }) => database.path)) {
    const [{ run, project: name }] = ofDatabase;
    const project = readRuns(path, name).find((each) => each.run === run)?.project;
    if (project === undefined) throw new Error(`${path} has no run ${run} any more`);
    const sequences = new Set(ofDatabase.map(({ sequence }) => sequence));
    await publishImages(bus, toStoredEvents(path, run, project, sequences), attempt);
  }
}

async function publishMessages(
  bus: Bus,
  messages: readonly PoisonedMessage[],
  attempt: string,
): Promise<void> {
  const publisher = bus.publisher();
  for (const { letter } of messages) {
    const { subject, data, stream, streamSequence, part } = letter;
    await publisher.send(subject, data, {
      id: toRetryId(`${stream}/${streamSequence}/${part}`, attempt),
    });
  }
  await publisher.flush();
}
