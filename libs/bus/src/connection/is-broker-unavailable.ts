import {
  ClosedConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from '@nats-io/nats-core';

const kinds = [
  ClosedConnectionError,
  DrainingConnectionError,
  NoRespondersError,
  RequestError,
  TimeoutError,
];

/** Whether an error is that the broker, or what it is asked for in it, gave no answer. */
export function isBrokerUnavailable(error: unknown): boolean {
  if (kinds.some((kind) => error instanceof kind)) return true;
  return error instanceof Error && error.cause !== undefined && isBrokerUnavailable(error.cause);
}
