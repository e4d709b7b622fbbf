import { toSubjectFilter, type RunId } from '@cullstream/contracts';
import type { StoredMessage } from '../read/stored-message.js';
import { consumerStages } from '../topology/consumers.js';
import { deadLetterHeaders, type StoredDeadLetter } from './dead-letter.js';

/** A letter out of the message that holds it. */
export function toDeadLetter({ headers, data, sequence, timeMs }: StoredMessage): StoredDeadLetter {
  const read = (field: keyof typeof deadLetterHeaders) =>
    headers.get(deadLetterHeaders[field]) ?? '';
  return {
    letterSequence: sequence,
    timeMs,
    subject: read('subject'),
    stream: read('stream'),
    streamSequence: Number(read('streamSequence')),
    part: Number(read('part')),
    consumer: read('consumer'),
    deliveries: Number(read('deliveries')),
    reason: read('reason'),
    message: read('message'),
    id: read('id'),
    data,
  };
}

/** Whether a message of this subject belongs to a run, whatever its stage. */
export function belongsToRun(subject: string, run: RunId): boolean {
  return Object.values(consumerStages).some((stage) =>
    subject.startsWith(toSubjectFilter(stage, run).slice(0, -'>'.length)),
  );
}
