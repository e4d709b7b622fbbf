import { AckPolicy, JetStreamApiError, type Consumer, type JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Bus } from '@cullstream/bus';

export const IMAGES = 'IMAGES';
/** So long that nothing is delivered again on a machine that is busy. */
const LONG_MS = 60_000;
export const SHORT_MS = 1_500;
/** For what comes at once. */
const SOON_MS = 20_000;
/** The least that may be asked for, to see that nothing comes. */
export const NOTHING_WITHIN_MS = 1_000;

/** How a request is refused, by status and code of the server or the kind of error; `none` if it is not. */
export async function describeRefusal(request: Promise<unknown>): Promise<string> {
  try {
    await request;
    return 'none';
  } catch (error) {
    if (error instanceof JetStreamApiError) return `${error.status}/${error.code}`;
    return (error as Error).constructor.name;
  }
}

export async function publish(bus: Bus, subject: string, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await bus.jetstream.publish(subject, `${index}`, { msgID: `${subject}/${index}` });
  }
}

interface Settings {
  readonly filter: string;
  readonly most?: number;
  readonly ackWaitMs?: number;
}

export async function addConsumer(
  bus: Bus,
  name: string,
  { filter, most = 100, ackWaitMs = LONG_MS }: Settings,
): Promise<Consumer> {
  await bus.manager.consumers.add(IMAGES, {
    durable_name: name,
    filter_subject: filter,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: most,
  });
  return bus.jetstream.consumers.get(IMAGES, name);
}

export async function take(consumer: Consumer, count: number, expires = SOON_MS): Promise<JsMsg[]> {
  const taken: JsMsg[] = [];
  for await (const message of await consumer.fetch({ max_messages: count, expires })) {
    taken.push(message);
  }
  return taken;
}

export function tell(messages: readonly JsMsg[]): string[] {
  return messages.map((each) => `${each.string()} ×${each.info.deliveryCount}`);
}

export async function countMessages(bus: Bus, name: string) {
  await bus.connection.flush();
  const info = await bus.manager.consumers.info(IMAGES, name);
  const { num_pending, num_ack_pending, num_redelivered, delivered, ack_floor } = info;
  return {
    ...{ num_pending, num_ack_pending, num_redelivered },
    handedOut: delivered.consumer_seq,
    isFloorBelow: ack_floor.stream_seq <= delivered.stream_seq,
  };
}
