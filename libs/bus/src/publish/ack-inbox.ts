import { JetStreamApiError } from '@nats-io/jetstream';
import {
  ClosedConnectionError,
  createInbox,
  NoRespondersError,
  PermissionViolationError,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
} from '@nats-io/nats-core';
import { TransientError } from '@cullstream/contracts';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';

/** A stream's answer to a publication. */
export interface PublishAck {
  readonly stream: string;
  readonly seq: number;
  readonly duplicate?: boolean;
}

/**
 * Publishes and waits for the stream's answer. One subscription takes the answers to all, so that
 * reconnects, a closed connection and refused permissions are told to every waiting publication.
 */
export interface AckInbox {
  /**
   * @throws {TransientError} when the answer does not come, or the connection was lost meanwhile
   * @throws {NoRespondersError} when nobody takes the subject
   * @throws {JetStreamApiError} when the server refuses the message
   */
  publish(subject: string, bytes: Uint8Array, headers: MsgHdrs): Promise<PublishAck>;
}

interface Waiting {
  readonly subject: string;
  readonly sinceMs: number;
  resolve(ack: PublishAck): void;
  reject(error: Error): void;
}

type Answer = PublishAck | { readonly error: ConstructorParameters<typeof JetStreamApiError>[0] };

const ACK_TIMEOUT_MS = 5_000;
const SWEEP_EVERY_MS = 1_000;
const NO_RESPONDERS = 503;

export function openAckInbox(
  bus: Pick<Bus, 'connection' | 'onReconnect' | 'closed'>,
  inboxPrefix?: string,
): AckInbox {
  const { connection } = bus;
  const inbox = createInbox(inboxPrefix);
  const waiting = new Map<string, Waiting>();
  let next = 0;

  function take(token: string): Waiting | undefined {
    const found = waiting.get(token);
    waiting.delete(token);
    return found;
  }

  function rejectAll(error: Error): void {
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
  }

  function rejectUnanswered(): void {
    const beforeMs = performance.now() - ACK_TIMEOUT_MS;
    for (const [token, { subject, sinceMs }] of waiting) {
      // In the order of their publication: those behind are younger.
      if (sinceMs > beforeMs) return;
      take(token)?.reject(
        new TransientError(`no answer to ${subject} within ${ACK_TIMEOUT_MS} ms`),
      );
    }
  }

  connection.subscribe(`${inbox}.*`, {
    callback: (error, message) => {
      if (error !== null) return;
      const found = take(message.subject.slice(inbox.length + 1));
      if (found !== undefined) settle(found, message);
    },
  });
  const sweep = setInterval(rejectUnanswered, SWEEP_EVERY_MS).unref();
  bus.onReconnect(() =>
    // What was asked before a connection was lost is never answered on the next one.
    rejectAll(new TransientError('the connection was lost before the answer came')),
  );
  void bus.closed.then(() => {
    clearInterval(sweep);
    rejectAll(new ClosedConnectionError());
  });

  void watchRefusals(connection, (refused, error) => {
    for (const [token, { subject }] of waiting) {
      if (subject === refused) take(token)?.reject(error);
    }
  });

  return {
    publish(subject, bytes, headers) {
      const token = String(next++);
      return new Promise((resolve, reject) => {
        waiting.set(token, { subject, sinceMs: performance.now(), resolve, reject });
        try {
          connection.publish(subject, bytes, { headers, reply: `${inbox}.${token}` });
        } catch (error) {
          take(token)?.reject(toError(error));
        }
      });
    },
  };
}

function settle(waiting: Waiting, message: Msg): void {
  if (message.headers?.code === NO_RESPONDERS) {
    waiting.reject(new NoRespondersError(waiting.subject));
    return;
  }
  try {
    const answer = message.json<Answer>();
    if ('error' in answer) waiting.reject(new JetStreamApiError(answer.error));
    else waiting.resolve(answer);
  } catch (cause) {
    waiting.reject(
      new TransientError(`the answer to ${waiting.subject} is none of JetStream's`, { cause }),
    );
  }
}

/** A subject that this user may not publish to is refused out of band: no answer ever comes. */
async function watchRefusals(
  connection: NatsConnection,
  refuse: (subject: string, error: Error) => void,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue;
    if (status.error.operation === 'publish') refuse(status.error.subject, status.error);
  }
}
