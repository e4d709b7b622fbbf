import type { CommandContext } from '../commands/command-context.js';
import { hasBroker, reachBroker, type BrokerPlace } from '../run/with-broker.js';
import { isSelected, type DeadEntry, type DeadSelection } from './dead-entry.js';
import { listFailedImages } from './list-failed-images.js';
import { listPoisonedMessages } from './list-poisoned-messages.js';

/** Everything that was given up, in one place: failed images, then poisoned messages. */
export async function listDead(
  place: BrokerPlace,
  selection: DeadSelection,
  context: CommandContext,
): Promise<DeadEntry[]> {
  const images = await listFailedImages(place.data);
  const messages = hasBroker(place, context)
    ? await reachBroker(place, context, listPoisonedMessages)
    : [];
  return [...images, ...messages].filter((entry) => isSelected(entry, selection));
}
