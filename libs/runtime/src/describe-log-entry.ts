import { withoutRawErrors } from './describe-system-error.js';

/** What pino makes of a call: fields beside the message. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** Fields that say what an entry is about, where its message and reason do not. */
const subjects = ['project', 'image', 'entry', 'file', 'path'] as const;

/**
 * An entry of a log as a sentence for people: what happened, what it was about, and why. Everything
 * else, stack traces too, stays in the log of the run.
 */
export function describeLogEntry(entry: LogEntry, messageKey = 'msg'): string {
  const message = textOf(entry[messageKey]) ?? '';
  const reason = reasonOf(entry);
  const isNew = reason !== undefined && reason !== '' && !message.includes(reason);
  const said = isNew ? `${message}: ${reason}` : message;
  const about = subjects.flatMap((field) => {
    const value = textOf(entry[field]);
    return value === undefined || said.includes(value) ? [] : [`${field} ${value}`];
  });
  return withoutRawErrors(about.length === 0 ? said : `${said} (${about.join(', ')})`);
}

function reasonOf({ err, failure, reason, problem }: LogEntry): string | undefined {
  const message =
    typeof err === 'object' && err !== null && 'message' in err ? err.message : undefined;
  return textOf(message) ?? textOf(failure) ?? textOf(reason) ?? textOf(problem);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
