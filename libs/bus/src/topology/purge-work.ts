import { toSubjectFilter, type RunId } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { purgeSubject } from './purge-subject.js';
import { streams } from './streams.js';

/** Drops what a run's stages have still to do, with what they have done. Its results stay. Idempotent. */
export async function purgeWork(bus: Bus, run: RunId): Promise<void> {
  for (const stage of ['images', 'embeddings', 'predictions'] as const) {
    await purgeSubject(bus, streams[stage].name, toSubjectFilter(stage, run));
  }
}
