import type { RunId } from '@cullstream/contracts';
import { consumerBacklog, consumerSpec, type Bus } from '@cullstream/bus';
import { pause, type RunRecords } from '@cullstream/runtime';
import { FeedWindow } from '../core/feed-window.js';
import type { ProjectOrder } from '../core/project-order.js';
import type { Claim } from './share-projects.js';

/** Limits how far a run's images are published ahead of the embedders. */
export interface FeedGate {
  /**
   * Waits until images of a project may be published.
   * @param imagesPerMessage most images in a message of the project
   * @returns how many; 0 when this project must stop: another one comes first, the claim is lost, or the
   * run is paused, done or deleted
   */
  open(project: string, imagesPerMessage: number, claim: Pick<Claim, 'isLost'>): Promise<number>;
  /** Notes that so many images were published. */
  passed(images: number): void;
}

export interface FeedGateOptions {
  readonly run: RunId;
  /** Whether the embedders serve this run alone. */
  readonly isOwn: boolean;
  readonly order: ProjectOrder;
  readonly signal: AbortSignal;
}

const LOOK_EVERY_MS = 250;

export function createFeedGate(
  bus: Bus,
  records: Pick<RunRecords, 'get'>,
  { run, isOwn, order, signal }: FeedGateOptions,
): FeedGate {
  const window = new FeedWindow();
  const consumer = consumerSpec('embedder', { run: isOwn ? run : undefined });
  return {
    async open(project, imagesPerMessage, claim) {
      while (!signal.aborted) {
        const record = await records.get(run);
        if (record?.state !== 'running') return 0;
        if (claim.isLost || order.isOvertaken(project, record.first)) return 0;
        const { pending, ackPending } = await consumerBacklog(bus, consumer);
        // Queues are counted in messages. Assume that each carries as many images as it may.
        const waiting = (pending + ackPending) * imagesPerMessage;
        const room = window.room(waiting, performance.now());
        if (room > 0) return room;
        await pause(LOOK_EVERY_MS, signal);
      }
      return 0;
    },
    passed: (images) => window.add(images),
  };
}
