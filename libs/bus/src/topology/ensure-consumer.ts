import { AckPolicy, DeliverPolicy, ReplayPolicy, type ConsumerConfig } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Bus } from '../connection/bus.js';
import { toError } from '../to-error.js';
import { unlessMissing } from './api-errors.js';
import type { ConsumerSpec } from './consumers.js';
import { hasOtherSettings } from './has-other-settings.js';

/**
 * Creates the consumer, or updates it where it differs. One that is ahead of its stream (the server
 * lost power and with it the stream's newest messages) is made anew: it would wait for sequences
 * that other messages have taken.
 * @throws {Error} naming the consumer, when the server refuses.
 */
export async function ensureConsumer(bus: Bus, spec: ConsumerSpec): Promise<void> {
  try {
    await ensure(bus, spec);
  } catch (thrown) {
    const cause = toError(thrown);
    throw new Error(
      `consumer ${spec.durable} of stream ${spec.stream} cannot be set up: ${cause.message}`,
      { cause },
    );
  }
}

async function ensure(bus: Bus, spec: ConsumerSpec): Promise<void> {
  const api = bus.manager.consumers;
  const settings = consumerConfig(spec);
  const wanted = { ...settings, ...toStart(spec) };
  const found = await unlessMissing(api.info(spec.stream, spec.durable));
  if (found === undefined) {
    await api.add(spec.stream, wanted);
    return;
  }
  const { state } = await bus.manager.streams.info(spec.stream);
  if (found.delivered.stream_seq > state.last_seq) {
    bus.log.warn({ ...spec }, 'the consumer is ahead of its stream: it starts again');
    await api.delete(spec.stream, spec.durable);
    await api.add(spec.stream, wanted);
  } else if (hasOtherSettings(settings, found.config)) {
    await api.update(spec.stream, spec.durable, settings);
  }
}

/**
 * `max_deliver` is unlimited: the server counts every delivery alike, so a limit would also end
 * messages whose failures were passing. Bugs and crashes are counted by the consumer itself.
 */
function consumerConfig(spec: ConsumerSpec): Partial<ConsumerConfig> {
  return {
    durable_name: spec.durable,
    filter_subject: spec.filter,
    ack_policy: AckPolicy.Explicit,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(spec.ackWaitMs),
    max_deliver: -1,
    max_ack_pending: spec.maxAckPending,
  };
}

/** Where it begins. This cannot be changed afterwards. */
function toStart({ startSequence }: ConsumerSpec): Partial<ConsumerConfig> {
  return startSequence === undefined
    ? { deliver_policy: DeliverPolicy.All }
    : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: startSequence };
}
