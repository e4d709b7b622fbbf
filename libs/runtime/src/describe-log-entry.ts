import { withoutRawErrors } from './describe-system-error.js';

/** A parsed log line of pino: the message and further fields. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** Fields that are added to the sentence if message and reason do not contain them. */
const subjects = ['project', 'image', 'entry', 'file', 'path'] as const;

/**
 * An entry of a log as a sentence for people: what happened, what it was about, and why. Everything
 * else, stack traces too, stays in the log of the run.
 */
export function describeLogEntry(entry: LogEntry, messageKey = 'msg'): string {
  const message = toText(entry[messageKey]) ?? '';
  const reason = toReason(entry);
  const isNew = reason !== undefined && reason !== '' && !message.includes(reason);
  const said = isNew ? `${message}: ${reason}` : message;
  const about = subjects.flatMap((field) => {
    const value = toText(entry[field]);
    return value === undefined || said.includes(value) ? [] : [`${field} ${value}`];
  });
  const plain = withoutRepeat(withoutRawErrors(said));
  return about.length === 0 ? plain : `${plain} (${withoutRawErrors(about.join(', '))})`;
}

/** Shorter texts may be repeated by chance. */
const LEAST_SENTENCE = 12;

/** Removes the cause from the end if the error's own message contains it already. */
function withoutRepeat(text: string): string {
  for (let at = text.indexOf(': '); at >= 0; at = text.indexOf(': ', at + 2)) {
    const rest = text.slice(at + 2);
    const isSentence = rest.includes(' ') && rest.length >= LEAST_SENTENCE;
    if (isSentence && text.slice(0, at).includes(rest)) return text.slice(0, at);
  }
  return text;
}

function toReason({ err, failure, reason, problem }: LogEntry): string | undefined {
  const message =
    typeof err === 'object' && err !== null && 'message' in err ? err.message : undefined;
  return toText(message) ?? toText(failure) ?? toText(reason) ?? toText(problem);
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
