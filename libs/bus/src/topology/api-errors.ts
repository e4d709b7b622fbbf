import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';

const STREAM_NAME_IN_USE = 10058;
/** The second one is that of clusters, while another message of the subject is being stored. */
const WRONG_LAST_SEQUENCE: readonly number[] = [10071, 10164];
const NO_MESSAGE = 10037;
const NO_SUITABLE_PEERS = 10005;

/** The stream or the consumer is not there. */
export function isMissing(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.ConsumerNotFound ||
      error.code === JetStreamApiCodes.StreamNotFound)
  );
}

/** Somebody else made the stream between our look and our request. */
export function isAlreadyThere(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === STREAM_NAME_IN_USE;
}

/** Somebody else wrote to the key or subject between our look and our request. */
export function isOutdated(error: unknown): boolean {
  return error instanceof JetStreamApiError && WRONG_LAST_SEQUENCE.includes(error.code);
}

/** The message is not there any more. */
export function isWithoutMessage(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === NO_MESSAGE;
}

/** Fewer servers of the cluster can take the stream than there should be replicas. */
export function isWithoutPeers(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === NO_SUITABLE_PEERS;
}

/** The result, or undefined where the stream or consumer is missing. */
export async function unlessMissing<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
