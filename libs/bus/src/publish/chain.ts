import type { StoredMessage } from '../read/stored-message.js';
import type { PublishMessage } from './bundler.js';

/** Has a message stored only while the last one of its subject has this sequence. The stream keeps it. */
export const AFTER_HEADER = 'Nats-Expected-Last-Subject-Sequence';

/** Somebody else has published to the subject meanwhile, or its last messages were lost. */
export class ConcurrentPublishError extends Error {
  override readonly name = 'ConcurrentPublishError';
}

/**
 * Publishes each message behind the one before it. Once one was refused, all later ones are.
 * @param after sequence of the last message of the subject; 0 if it has none
 */
export function chainMessages(after: number, publishMessage: PublishMessage): PublishMessage {
  let last = Promise.resolve(after);
  return (subject, bytes, options) => {
    const stored = last.then((sequence) =>
      publishMessage(subject, bytes, { ...options, after: sequence }),
    );
    // The answer to a message that was stored long ago names its sequence, and nothing new is stored.
    last = Promise.all([last, stored]).then(([before, { sequence }]) => Math.max(before, sequence));
    last.catch(() => undefined);
    return stored;
  };
}

/** Whether a message was stored behind the one that its publisher had published before it. */
export function isChained({ headers }: Pick<StoredMessage, 'headers'>): boolean {
  return headers.has(AFTER_HEADER);
}
