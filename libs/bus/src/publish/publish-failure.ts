import { TransientError } from '@cullstream/contracts';
import { JetStreamApiError } from '@nats-io/jetstream';
import {
  ClosedConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/nats-core';

/**
 * What a failed publication means: `passing` is tried again; `unanswered` may be a server that is
 * starting or a stream that does not exist; `closed` and `refused` are final.
 */
export type PublishFailure = 'passing' | 'unanswered' | 'closed' | 'refused';

/** The server is short of something (disk, memory, a leader): it says 503. */
const UNAVAILABLE = 503;

export function publishFailure(error: Error): PublishFailure {
  if (error instanceof TimeoutError || error instanceof TransientError) return 'passing';
  if (error instanceof ClosedConnectionError || error instanceof DrainingConnectionError) {
    return 'closed';
  }
  if (isUnanswered(error) || (error.cause instanceof Error && isUnanswered(error.cause))) {
    return 'unanswered';
  }
  if (error instanceof RequestError) {
    return error.cause instanceof Error ? publishFailure(error.cause) : 'passing';
  }
  if (error instanceof JetStreamApiError) {
    return error.status === UNAVAILABLE ? 'passing' : 'refused';
  }
  return 'refused';
}

function isUnanswered(error: Error): boolean {
  return (
    error instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())
  );
}
