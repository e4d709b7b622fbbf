import { toSubjectFilter, type RunId } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { extractorRef, openUnfinishedAttempts } from '../consume/unfinished-attempts.js';
import { deleteDeadLetter, listDeadLetters } from '../dead-letters/list-dead-letters.js';
import { belongsToRun } from '../dead-letters/to-dead-letter.js';
import { deleteProjectClaims } from '../records/project-claims.js';
import { unlessMissing } from './api-errors.js';
import { consumerStages, durableName, type ConsumerName } from './consumers.js';
import { purgeSubject } from './purge-subject.js';
import { streams } from './streams.js';

/**
 * Forgets a run: its consumers, its events in every stream, its claims, its dead letters. Others stay.
 * Idempotent.
 */
export async function deleteRun(bus: Bus, run: RunId): Promise<void> {
  const attempts = await openUnfinishedAttempts(bus);
  for (const [name, stage] of Object.entries(consumerStages)) {
    const ref = { stream: streams[stage].name, durable: durableName(name as ConsumerName, run) };
    await unlessMissing(bus.manager.consumers.delete(ref.stream, ref.durable));
    await attempts.forget(ref);
    await purgeSubject(bus, ref.stream, toSubjectFilter(stage, run));
  }
  await attempts.forget(extractorRef, run);
  await deleteProjectClaims(bus, run);
  await deleteDeadLetters(bus, run);
}

async function deleteDeadLetters(bus: Bus, run: RunId): Promise<void> {
  for (const { subject, letterSequence } of await listDeadLetters(bus)) {
    if (belongsToRun(subject, run)) await deleteDeadLetter(bus, letterSequence);
  }
}
