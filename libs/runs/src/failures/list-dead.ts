import { readAcceptances } from '@cullstream/store';
import {
  hasBroker,
  isExternal,
  reachBroker,
  type BrokerContext,
  type LockedFolder,
} from '@cullstream/broker';
import { requireDataFolder } from '@cullstream/runtime';
import { isSelected, withAcceptance, type DeadEntry, type DeadSelection } from './dead-entry.js';
import { listFailedImages } from './list-failed-images.js';
import { listFailedProjects } from './list-failed-projects.js';
import { listPoisonedMessages } from './list-poisoned-messages.js';

/** Everything that was given up, in one place: failed projects, failed images, then poisoned messages. */
export async function listDead(
  place: LockedFolder,
  selection: DeadSelection,
  context: BrokerContext,
): Promise<DeadEntry[]> {
  if (!isExternal(context)) requireDataFolder(place.data);
  const projects = await listFailedProjects(place.data, context.log);
  const images = await listFailedImages(place.data);
  const messages = hasBroker(context)
    ? await reachBroker(place, context, listPoisonedMessages)
    : [];
  return selectDead([...projects, ...images, ...messages], place.data, { selection, context });
}

/** What is selected of `entries`, with what was accepted of them. */
export async function selectDead(
  entries: readonly DeadEntry[],
  dataDir: string,
  { selection, context }: { readonly selection: DeadSelection; readonly context: BrokerContext },
): Promise<DeadEntry[]> {
  const { acceptances, problem } = await readAcceptances(dataDir);
  if (problem !== undefined) context.note(`warning: ${problem}`);
  return entries
    .filter((entry) => isSelected(entry, selection))
    .map((entry) => withAcceptance(entry, acceptances));
}
