import {
  toSubject,
  type CullEvent,
  type ReplayRequest,
  type RunId,
  tryDecodeMessage,
} from '@cullstream/contracts';
import { readAllEvents, streams, type Bus } from '@cullstream/bus';
import type { FedEvent, FeedTarget } from './feed-target.js';

export interface StoredSource {
  readonly from: ReplayRequest['from'];
  /** The run whose events are read. */
  readonly source: RunId;
  /** Sequences that ended as failed at the embedder: elsewhere a stored failure was repaired later. */
  readonly failed: ReadonlySet<number>;
}

/**
 * Publishes what the stream holds of a run under another run, each image once.
 * @returns how many images
 */
export async function republishStored(
  bus: Bus,
  { from, source, failed }: StoredSource,
  target: FeedTarget,
): Promise<number> {
  const filter = toSubject(from, source, target.project.name);
  let stored = 0;
  await readAllEvents(bus, { stream: streams[from].name, filter }, async (message) => {
    if (target.signal.aborted) return;
    const event = toFed(tryDecodeMessage(message), from, target);
    if (event === undefined || target.fed.has(event.sequence)) return;
    if (event.type === 'image.failed' && !failed.has(event.sequence)) return;
    await target.send(event);
    stored += 1;
  });
  return stored;
}

function toFed(
  event: CullEvent | undefined,
  from: ReplayRequest['from'],
  { run, project }: FeedTarget,
): FedEvent | undefined {
  if (event?.type === 'image.failed') {
    const { projectStartedAt: _, ...failed } = event;
    return { ...failed, run, project };
  }
  if (from === 'images') {
    return event?.type === 'image.found' ? { ...event, run, project } : undefined;
  }
  if (event?.type !== 'image.embedded') return undefined;
  // It says when the other run began with the project.
  const { projectStartedAt: _, ...stored } = event;
  // Nothing is computed now: the vector was there.
  return { ...stored, run, project, origin: stored.origin === 'legacy' ? 'legacy' : 'cached' };
}
