import { TransientError } from '@cullstream/contracts';
import type { JsMsg } from '@nats-io/jetstream';
import type { Bus } from '../connection/bus.js';
import { publishDeadLetter } from '../dead-letters/publish-dead-letter.js';
import type { Publisher } from '../publish/publishing.js';
import { toError } from '../to-error.js';
import type { ConsumerRef } from '../topology/consumers.js';
import type { ConsumptionOptions } from './consumption.js';
import { toDisposition, type Disposition } from './to-disposition.js';
import type { UnackedMessage, UnackedPart } from './unacked-message.js';
import type { RedeliveryLog } from './redelivery-log.js';

/**
 * Tells the server how handling a message ended, after dead letters, if any, are stored. A message
 * whose events ended differently goes back as long as one of them is to be tried again: handling
 * the others once more changes nothing. Never throws.
 * @returns what becomes of each event
 */
export async function settle(
  bus: Bus,
  deadLetters: Publisher,
  ref: ConsumerRef,
  { message, parts }: UnackedMessage,
  redeliveries: RedeliveryLog,
  onDead?: ConsumptionOptions['onDead'],
): Promise<readonly Disposition[]> {
  const dispositions = parts.map((part) => decide(ref, part, redeliveries));
  if (!dispositions.some(({ kind }) => kind === 'nak')) {
    for (const [index, part] of parts.entries()) {
      const decided = dispositions[index];
      if (decided?.kind !== 'dead') continue;
      dispositions[index] = await giveUp(bus, deadLetters, ref, part, decided.reason, onDead);
    }
    redeliveries.done(message.seq);
  }
  try {
    tell(message, dispositions);
  } catch (error) {
    bus.log.debug({ err: error }, 'not settled: the server delivers again after its ack wait');
  }
  return dispositions;
}

function decide(ref: ConsumerRef, part: UnackedPart, redeliveries: RedeliveryLog): Disposition {
  const outcome = part.ended?.outcome;
  const decided = toDisposition(outcome, part.delivery.deliveryCount);
  if (outcome !== undefined && decided.kind === 'nak') {
    const fields = { ...about(ref, part), err: outcome, delayMs: decided.delayMs };
    redeliveries.failed(part.delivery.streamSequence, outcome, fields);
  }
  return decided;
}

/** Dead, or to be tried again when that could not be written down. */
async function giveUp(
  bus: Bus,
  deadLetters: Publisher,
  ref: ConsumerRef,
  part: UnackedPart,
  reason: string,
  onDead: ConsumptionOptions['onDead'],
): Promise<Disposition> {
  const { delivery, ended } = part;
  const outcome = ended?.outcome;
  try {
    if (outcome !== undefined) await onDead?.(delivery, outcome);
    await publishDeadLetter(deadLetters, {
      subject: delivery.subject,
      stream: ref.stream,
      streamSequence: delivery.streamSequence,
      part: delivery.part,
      consumer: ref.durable,
      deliveries: delivery.deliveryCount,
      reason,
      message: outcome?.message ?? '',
      id: delivery.id ?? '',
      data: delivery.data,
    });
    bus.log.error({ ...about(ref, part), err: outcome, reason }, 'given up: now a dead letter');
    return { kind: 'dead', reason };
  } catch (thrown) {
    const cause = toError(thrown);
    const failure = cause.message;
    bus.log.error({ ...about(ref, part), failure }, 'the dead letter could not be stored');
    return toDisposition(new TransientError('no dead letter', { cause }), delivery.deliveryCount);
  }
}

function about(ref: ConsumerRef, { delivery }: UnackedPart) {
  return { ...ref, subject: delivery.subject, sequence: delivery.streamSequence };
}

function tell(message: JsMsg, dispositions: readonly Disposition[]): void {
  const delays = dispositions.flatMap((decided) =>
    decided.kind === 'nak' ? [decided.delayMs] : [],
  );
  if (delays.length > 0) message.nak(Math.max(...delays));
  // Bare: a 2.9 server ignores a termination with a reason and delivers again.
  else if (dispositions.every(({ kind }) => kind === 'dead')) message.term();
  else message.ack();
}
