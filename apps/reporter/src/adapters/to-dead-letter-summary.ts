import { locateDeadLetter, type StoredDeadLetter } from '@cullstream/bus';
import type { DeadLetterSummary } from '@cullstream/report';
import { identifyMessage, type Acceptances } from '@cullstream/store';

/** A dead letter as the summary lists it, under the id that `dead show` and `dead retry` take. */
export function toDeadLetterSummary(
  letter: StoredDeadLetter,
  acceptances: Acceptances,
): DeadLetterSummary {
  const place = locateDeadLetter(letter);
  const { project, archive, entry, stage } = place;
  const accepted = acceptances.find(identifyMessage({ ...letter, ...place }));
  return {
    id: `m${letter.letterSequence}`,
    project_id: project,
    zip_file: archive,
    image: entry,
    stage,
    reason: letter.reason,
    message: letter.message,
    attempts: letter.deliveries,
    last_at: new Date(letter.timeMs).toISOString(),
    accepted: accepted === undefined ? null : { why: accepted.why, at: accepted.at },
  };
}
