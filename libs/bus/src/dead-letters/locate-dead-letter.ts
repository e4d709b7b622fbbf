import { fromSubjectToken, tryDecodeEvent } from '@cullstream/contracts';
import type { DeadLetter } from './dead-letter.js';

/** Where a message that was given up belongs; a field is empty where the message does not say. */
export interface DeadLetterPlace {
  readonly run: string;
  readonly project: string;
  /** Archive or folder below originals. */
  readonly archive: string;
  /** The image in it. */
  readonly entry: string;
  /** Service that gave it up. */
  readonly stage: string;
}

/** What the subject tells, and the bytes where they are an event. */
export function locateDeadLetter({ subject, consumer, data }: DeadLetter): DeadLetterPlace {
  const event = tryDecodeEvent(data);
  const image = event !== undefined && 'source' in event ? event : undefined;
  return {
    ...toRunAndProject(subject),
    archive: image?.project.source ?? '',
    entry: image?.image ?? '',
    stage: consumer.split('_')[0] ?? '',
  };
}

/** `cull.<stage>.<run>.<project>`; empty where the subject is none of ours. */
function toRunAndProject(subject: string): { run: string; project: string } {
  const [prefix, , run, project] = subject.split('.');
  const none = { run: '', project: '' };
  if (prefix !== 'cull' || run === undefined || project === undefined) return none;
  try {
    return { run: fromSubjectToken(run), project: fromSubjectToken(project) };
  } catch (error) {
    if (error instanceof RangeError) return none;
    throw error;
  }
}
