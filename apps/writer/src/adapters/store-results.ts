import {
  encodeEvent,
  MalformedEventError,
  toSubject,
  TransientError,
  type ImageFailed,
  type ImagePredicted,
  type ResultEvent,
} from '@cullstream/contracts';
import { maxMessageBytes, toError, type Delivery, type Publisher } from '@cullstream/bus';
import type { WriterParts } from '../compose.js';
import { toResultEvents } from '../core/to-result-events.js';
import { failProject } from './fail-project.js';

type ImageResult = ImagePredicted | ImageFailed;

/** Projects that are stored at the same time, so that waiting for disk or broker delays no other one. */
const PROJECTS_AT_ONCE = 4;

type Outcome = Error | undefined;

interface Entry {
  /** Position in the batch. */
  readonly index: number;
  readonly event: ImageResult;
  /** Size of the encoded event. */
  readonly bytes: number;
}

/**
 * Stores the results of a batch, and publishes where their projects stand.
 * @returns an outcome for each delivery
 */
export async function storeBatch(
  deliveries: readonly Delivery[],
  parts: WriterParts,
): Promise<Outcome[]> {
  parts.metrics.observeBatch(deliveries.length);
  const outcomes = new Array<Outcome>(deliveries.length).fill(undefined);
  const byProject = new Map<string, Entry[]>();
  for (const [index, delivery] of deliveries.entries()) {
    try {
      const event = parts.stage.decode(delivery);
      const entry = { index, event, bytes: delivery.data.length };
      const entries = byProject.get(event.project.name);
      if (entries === undefined) byProject.set(event.project.name, [entry]);
      else entries.push(entry);
    } catch (error) {
      outcomes[index] = error as Error;
    }
  }
  const waiting = byProject.entries();
  const storeNext = async () => {
    for (const [project, entries] of waiting) {
      const failed = await storeProject(project, entries, parts);
      for (const [index, error] of failed) outcomes[index] = error;
    }
  };
  await Promise.all(Array.from({ length: PROJECTS_AT_ONCE }, storeNext));
  return outcomes;
}

/** If a message is given up, its image is stored as failed. */
export async function storeAsFailed(
  delivery: Delivery,
  error: Error,
  parts: WriterParts,
): Promise<void> {
  const event = parts.stage.failureOfDead(delivery, error);
  if (event === undefined) return;
  const entry = { index: 0, event, bytes: delivery.data.length };
  const fault = (await storeProject(event.project.name, [entry], parts)).get(0);
  if (fault instanceof TransientError) throw fault;
}

/**
 * Keeps other writers away until the progress is published: what they publish of the project is newer.
 * @returns errors by position in the batch; for all its entries if the transaction failed
 */
async function storeProject(
  project: string,
  entries: readonly Entry[],
  parts: WriterParts,
): Promise<Map<number, Error>> {
  let release: () => void;
  try {
    release = parts.databases.reserve(project);
  } catch (error) {
    return new Map(entries.map(({ index }) => [index, toError(error)]));
  }
  try {
    return await storeReserved(project, entries, parts);
  } finally {
    release();
  }
}

async function storeReserved(
  project: string,
  entries: readonly Entry[],
  { databases, folder, publisher, metrics, storage, faults, bus, log }: WriterParts,
): Promise<Map<number, Error>> {
  const apply = async () => {
    try {
      return await databases.apply(
        project,
        entries.map(({ event }) => event),
        new Date(),
      );
    } catch (error) {
      databases.close(project);
      throw error;
    }
  };
  try {
    const { name, runs, rejected } = await metrics.time(
      'commit',
      () => folder.whileThere(apply),
      () => entries.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    storage.worked();
    faults.worked(project);
    metrics.countImages('stored', entries.length - rejected.length);
    metrics.countImages('rejected', rejected.length);
    await metrics.time(
      'publish',
      async () => {
        let bytes = 0;
        for (const run of runs) {
          if (run.completedAt !== null) databases.close(project);
          const events = toResultEvents(run, name, new Date(), maxMessageBytes(bus));
          bytes += await publishAll(publisher, events);
        }
        return bytes;
      },
      (bytes) => bytes,
    );
    return new Map(
      rejected.flatMap(({ event, message }) =>
        entries
          .filter((entry) => entry.event === event)
          .map(({ index }) => [index, new MalformedEventError(message)] as const),
      ),
    );
  } catch (error) {
    databases.close(project);
    const reason = error instanceof Error ? error : new Error(String(error));
    storage.failed(reason);
    const fault = faults.isFinal(project, reason, performance.now())
      ? await failProject(
          entries.map(({ event }) => event),
          reason,
          { publisher, log },
        )
      : reason;
    return new Map(fault && entries.map(({ index }) => [index, fault]));
  }
}

/** @returns the bytes of the encoded events */
async function publishAll(publisher: Publisher, events: readonly ResultEvent[]): Promise<number> {
  let bytes = 0;
  for (const event of events) {
    const subject = toSubject('results', event.run, event.project.name, event.type);
    const data = encodeEvent(event);
    await publisher.publish(subject, data, { id: resultId(event) });
    bytes += data.length;
  }
  return bytes;
}

function resultId(event: ResultEvent): string {
  const counts = 'counts' in event ? Object.values(event.counts).join('.') : '';
  return `${event.run}/${event.project.name}/${event.type}/${counts}`;
}
