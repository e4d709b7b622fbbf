import { deadLetterSubject } from '@cullstream/contracts';
import { headers } from '@nats-io/nats-core';
import type { Publisher } from '../publish/publishing.js';
import { deadLetterHeaders, type DeadLetter } from './dead-letter.js';

const MAX_HEADER_LENGTH = 2_000;

/** Resolves when the letter is stored. A second publication within the window is dropped. */
export async function publishDeadLetter(publisher: Publisher, letter: DeadLetter): Promise<void> {
  const fields = headers();
  for (const [field, header] of Object.entries(deadLetterHeaders)) {
    fields.set(header, toHeaderValue(letter[field as keyof typeof deadLetterHeaders]));
  }
  await publisher.publish(deadLetterSubject(letter.consumer), letter.data, {
    id: `${letter.stream}/${letter.streamSequence}/${letter.part}/${letter.consumer}`,
    headers: fields,
  });
}

/** A header is one line. */
function toHeaderValue(value: string | number): string {
  return String(value).replaceAll(/\s+/g, ' ').trim().slice(0, MAX_HEADER_LENGTH);
}
