import type { Bus } from '../connection/bus.js';
import { fromStored, type StoredMessage } from './stored-message.js';

/** The last stored event of a subject, which may have wildcards, or undefined. */
export async function readLastEvent(
  bus: Bus,
  stream: string,
  subject: string,
): Promise<StoredMessage | undefined> {
  const found = await bus.manager.streams.getMessage(stream, { last_by_subj: subject });
  return found === null ? undefined : fromStored(found).at(-1);
}
