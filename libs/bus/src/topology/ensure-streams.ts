import type { StreamConfig } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { openUnfinishedAttempts } from '../consume/unfinished-attempts.js';
import { openProjectClaims } from '../records/project-claims.js';
import { toError } from '../to-error.js';
import { isAlreadyThere, unlessMissing } from './api-errors.js';
import { hasOtherSettings } from './has-other-settings.js';
import { streams } from './streams.js';

type NamedStream = Partial<StreamConfig> & { name: string };

/**
 * Creates what is missing and updates what differs. Safe to call from several processes at once.
 * @throws {Error} naming the stream, when the server refuses (a retention cannot be changed, say).
 */
export async function ensureStreams(bus: Bus): Promise<void> {
  for (const stream of Object.values(streams)) {
    try {
      await ensureStream(bus, stream);
    } catch (thrown) {
      const cause = toError(thrown);
      throw new Error(`stream ${stream.name} cannot be set up: ${cause.message}`, { cause });
    }
  }
  await openUnfinishedAttempts(bus);
  await openProjectClaims(bus);
}

async function ensureStream(bus: Bus, wanted: NamedStream): Promise<void> {
  const api = bus.manager.streams;
  const found = await unlessMissing(api.info(wanted.name));
  if (found === undefined) {
    try {
      await api.add(wanted);
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
      await ensureStream(bus, wanted);
    }
    return;
  }
  if (hasOtherSettings(wanted, found.config)) await api.update(wanted.name, wanted);
}
