import type { MsgRequest } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { isServerAtLeast } from '../connection/is-server-at-least.js';
import { isWithoutMessage, unlessMissing } from './api-errors.js';
import type { StreamName } from './streams.js';

/** https://github.com/nats-io/nats-server/pull/5075 */
const KEEPS_WIDER_CONSUMERS_SINCE = [2, 10, 11] as const;
const DELETED_TOGETHER = 32;

/**
 * Deletes what a stream holds of a subject; nothing where there is no such stream. Older servers move every
 * consumer whose filter is wider behind all that waits for it, also of other subjects: there, the messages
 * are deleted one by one.
 */
export async function purgeSubject(bus: Bus, stream: StreamName, filter: string): Promise<void> {
  const { version } = bus.connection.info ?? {};
  const isSafe =
    isServerAtLeast(version, KEEPS_WIDER_CONSUMERS_SINCE) ||
    !((await unlessMissing(hasWiderConsumer(bus, stream, filter))) ?? false);
  if (isSafe) await unlessMissing(bus.manager.streams.purge(stream, { filter }));
  else await deleteEach(bus, stream, filter);
}

async function hasWiderConsumer(bus: Bus, stream: StreamName, filter: string): Promise<boolean> {
  for await (const { config } of bus.manager.consumers.list(stream)) {
    const own = config.filter_subject ?? '>';
    if (own !== filter && filter.startsWith(own.replace(/>$/, ''))) return true;
  }
  return false;
}

async function deleteEach(bus: Bus, stream: StreamName, filter: string): Promise<void> {
  const { streams } = bus.manager;
  const remove = (sequence: number) =>
    streams.deleteMessage(stream, sequence, false).catch((error: unknown) => {
      if (!isWithoutMessage(error)) throw error;
    });
  let deletions: Promise<unknown>[] = [];
  for (let sequence = 1; ; sequence++) {
    const request = { seq: sequence, next_by_subj: filter };
    const found = await streams.getMessage(stream, request satisfies MsgRequest);
    if (found !== null) {
      sequence = found.seq;
      deletions.push(remove(sequence));
    }
    if (found !== null && deletions.length < DELETED_TOGETHER) continue;
    await Promise.all(deletions);
    deletions = [];
    if (found === null) return;
  }
}
