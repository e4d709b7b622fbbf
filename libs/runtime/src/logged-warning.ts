import { describeLogEntry, type LogEntry } from './describe-log-entry.js';

/** A warning, or worse, as a sentence for people. */
export interface LoggedWarning {
  readonly text: string;
  /** The run that the line names. */
  readonly run?: string;
}

/** Level 40 and above, as pino writes it. Other lines need not be parsed. */
const IS_WARNING = /"level":[4-9]\d/;

/** The warning in a line of a log; undefined if it is no warning, or incomplete. */
export function toLoggedWarning(line: string): LoggedWarning | undefined {
  if (!IS_WARNING.test(line)) return undefined;
  try {
    const entry = JSON.parse(line) as LogEntry;
    const { run } = entry;
    return { text: describeLogEntry(entry), ...(typeof run === 'string' && { run }) };
  } catch {
    return undefined;
  }
}
