import type { DeadEntry } from './dead-entry.js';

/** An entry as JSON shows it. */
export function toDocument(entry: DeadEntry) {
  const { kind, id, project, run, archive, entry: image, stage, reason, message, attempts } = entry;
  const { accepted } = entry;
  return {
    id,
    kind,
    project,
    run,
    archive,
    entry: image,
    stage,
    reason,
    message,
    attempts,
    first_at: entry.firstAt,
    last_at: entry.lastAt,
    accepted: accepted === undefined ? null : { why: accepted.why, at: accepted.at },
  };
}

/** All there is to know of an entry: where exactly the image is, or the message itself. */
export function toFullDocument(entry: DeadEntry) {
  if (entry.kind === 'image') {
    const { sequence, groupId, source, database } = entry;
    const place = { sequence, group_id: groupId, source, database: database.name };
    return { ...toDocument(entry), ...place };
  }
  if (entry.kind === 'project') return toDocument(entry);
  const { subject, stream, streamSequence, consumer, id, data } = entry.letter;
  return {
    ...toDocument(entry),
    subject,
    stream,
    stream_sequence: streamSequence,
    consumer,
    message_id: id,
    bytes: data.length,
    data_base64: Buffer.from(data).toString('base64'),
  };
}
