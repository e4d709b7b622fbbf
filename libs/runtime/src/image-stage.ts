import {
  decodeMessage,
  encodeEvent,
  MalformedEventError,
  toMessageId,
  toSubject,
  toImageFailed,
  type EventMessage,
  type FailureReason,
  type ImageEmbedded,
  type ImageFailed,
  type ImageFound,
  type ImagePredicted,
  type Stage,
} from '@cullstream/contracts';
import type { Delivery, Publisher } from '@cullstream/bus';

interface Events {
  readonly 'image.found': ImageFound;
  readonly 'image.embedded': ImageEmbedded;
  readonly 'image.predicted': ImagePredicted;
}

export interface ImageStageOptions<T extends keyof Events> {
  /** The name of the stage in failures. */
  readonly name: ImageFailed['stage'];
  readonly consumes: Stage;
  /** The one type of event that it works on, besides failures. */
  readonly type: T;
}

/** What the services that handle images one by one have in common. */
export interface ImageStage<E> {
  /**
   * The event of a message. A failure of an earlier stage is returned as it is, to be passed on.
   * @throws {MalformedEventError} if the stage does not handle events of this type, or its run or project is not that of the
   *   subject
   */
  decode(message: EventMessage): E | ImageFailed;
  /** The failure of an image at this stage. */
  fail(event: E, reason: FailureReason, message: string): ImageFailed;
  /**
   * The failure of the image whose message is given up, so that its group can be decided without it.
   * Undefined if the message is malformed, or a failure already.
   */
  failureOfDead(message: EventMessage, error: Error): ImageFailed | undefined;
}

export function createImageStage<T extends keyof Events>({
  name,
  consumes,
  type,
}: ImageStageOptions<T>): ImageStage<Events[T]> {
  const isOfStage = (event: { readonly type: string }): event is Events[T] => event.type === type;
  const fail = (event: Events[T], reason: FailureReason, message: string) =>
    toImageFailed(event, { stage: name, reason, message });
  return {
    decode(message) {
      const event = decodeMessage(message);
      if (event.type === 'image.failed' || isOfStage(event)) return event;
      throw new MalformedEventError(`${event.type} has no place among ${consumes}`);
    },
    fail,
    failureOfDead(message, error) {
      if (error instanceof MalformedEventError) return undefined;
      const event = decodeMessage(message);
      return isOfStage(event) ? fail(event, 'unexpected-error', error.message) : undefined;
    },
  };
}

/** Publishes the results of a stage. */
export interface ImagePublisher {
  /**
   * @param causeId id of the message that led to this event
   * @param traceparent trace that continues with this event
   * @returns the bytes of the encoded event
   */
  readonly publish: (
    event: ImageEmbedded | ImagePredicted | ImageFailed,
    causeId?: string,
    traceparent?: string,
  ) => Promise<number>;
  /** Publishes the failure of an image whose message is given up. */
  readonly passOnDead: (
    delivery: Pick<Delivery, 'subject' | 'data' | 'id' | 'traceparent'>,
    error: Error,
  ) => Promise<void>;
}

/** @param to stage whose stream the results are published to */
export function createImagePublisher(
  stage: Pick<ImageStage<never>, 'failureOfDead'>,
  to: Stage,
  publisher: Pick<Publisher, 'publish'>,
): ImagePublisher {
  const publish: ImagePublisher['publish'] = async (event, causeId, traceparent) => {
    const data = encodeEvent(event);
    const subject = toSubject(to, event.run, event.project.name);
    await publisher.publish(subject, data, { id: toMessageId(event, causeId), traceparent });
    return data.length;
  };
  return {
    publish,
    async passOnDead(delivery, error) {
      const failed = stage.failureOfDead(delivery, error);
      if (failed !== undefined) await publish(failed, delivery.id, delivery.traceparent);
    },
  };
}
