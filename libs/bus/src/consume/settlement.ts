import { TransientError } from '@cullstream/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { publishDeadLetter } from '../dead-letters/publish-dead-letter.js';
import type { Publisher } from '../publish/publisher.js';
import { toError } from '../to-error.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { ConsumptionOptions } from './consumption.js';
import { MESSAGE_ID_HEADER, toDelivery } from './delivery.js';
import { disposition, type Disposition, type Outcome } from './disposition.js';

/** Tells the server how handling ended, after the dead letter, if any, is stored. Never throws. */
export async function settle(
  bus: Bus,
  deadLetters: Publisher,
  ref: ConsumerRef,
  message: JsMsg,
  outcome: Outcome,
  onDead?: ConsumptionOptions['onDead'],
): Promise<Disposition> {
  let decided = disposition(outcome, message.info.deliveryCount);
  const about = { ...ref, subject: message.subject, sequence: message.seq, err: outcome };
  if (decided.kind === 'dead') {
    try {
      if (outcome !== undefined) await onDead?.(toDelivery(message), outcome);
      await bury(deadLetters, ref, message, decided.reason, outcome);
      bus.log.error({ ...about, reason: decided.reason }, 'given up: now a dead letter');
    } catch (thrown) {
      const cause = toError(thrown);
      bus.log.error({ ...about, failure: cause.message }, 'the dead letter could not be stored');
      decided = disposition(
        new TransientError('no dead letter', { cause }),
        message.info.deliveryCount,
      );
    }
  } else if (decided.kind === 'nak') {
    bus.log.warn({ ...about, delayMs: decided.delayMs }, 'to be delivered again');
  }
  try {
    tell(message, decided);
  } catch (error) {
    bus.log.debug({ err: error }, 'not settled: the server delivers again after its ack wait');
  }
  return decided;
}

function tell(message: JsMsg, decided: Disposition): void {
  switch (decided.kind) {
    case 'ack':
      message.ack();
      return;
    case 'nak':
      message.nak(decided.delayMs);
      return;
    case 'dead':
      // Bare: a 2.9 server ignores a termination with a reason and delivers again.
      message.term();
  }
}

async function bury(
  deadLetters: Publisher,
  ref: ConsumerRef,
  message: JsMsg,
  reason: string,
  outcome: Outcome,
): Promise<void> {
  await publishDeadLetter(deadLetters, {
    subject: message.subject,
    stream: ref.stream,
    streamSequence: message.seq,
    consumer: ref.durable,
    deliveries: message.info.deliveryCount,
    reason,
    message: outcome?.message ?? '',
    id: message.headers?.get(MESSAGE_ID_HEADER) ?? '',
    data: message.data,
  });
}
