import { locateDeadLetter, type StoredDeadLetter } from '@cullstream/bus';
import type { DeadLetterSummary } from '@cullstream/report';

/** A dead letter as the summary lists it, under the id that `dead show` and `dead retry` take. */
export function toDeadLetterSummary(letter: StoredDeadLetter): DeadLetterSummary {
  const { project, archive, entry, stage } = locateDeadLetter(letter);
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
  };
}
