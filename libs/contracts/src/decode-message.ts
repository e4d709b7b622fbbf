import { decodeEvent, MalformedEventError, unlessMalformed, type CullEvent } from './codec.js';
import { toSubjectToken } from './subjects.js';

/** An event where a stream has it. */
export interface EventMessage {
  /** `cull.<stage>.<run>.<project>`, and the type of a result. */
  readonly subject: string;
  readonly data: Uint8Array;
}

/**
 * Decodes the event of a message of a stream, and compares it with the message's subject. Who handles a message, and in
 * which order, follows from its subject: an event of another run or project there is of no publisher of ours.
 * @throws {MalformedEventError} when it is no event of this contract, or one of another run or project
 */
export function decodeMessage({ subject, data }: EventMessage): CullEvent {
  const event = decodeEvent(data);
  const [, , run, project] = subject.split('.');
  if (run !== toSubjectToken(event.run) || project !== toSubjectToken(event.project.name)) {
    throw new MalformedEventError(
      `${event.type} of project ${event.project.name} in run ${event.run} was published as ${subject}`,
    );
  }
  return event;
}

/** As {@link decodeMessage}; undefined for a message that becomes a dead letter. */
export function tryDecodeMessage(message: EventMessage): CullEvent | undefined {
  return unlessMalformed(() => decodeMessage(message));
}
