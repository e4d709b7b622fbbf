import { setTimeout as delay } from 'node:timers/promises';
import { toSubjectFilter, type RunId } from '@cullstream/contracts';
import {
  consumerBacklog,
  consumerSpec,
  findSharedConsumers,
  readLastEvent,
  type Bus,
  type ConsumerRef,
} from '@cullstream/bus';

const POLL_MS = 200;
const path = [
  ['embedder', 'images'],
  ['predictor', 'embeddings'],
  ['writer', 'predictions'],
] as const;
type Stage = (typeof path)[number][0];

/**
 * Resolves when no stage of a run has work left. Asked in the order in which work passes them: a
 * stage acknowledges only after the next one's stream holds its output.
 */
export async function waitUntilDrained(bus: Bus, run: RunId, signal: AbortSignal): Promise<void> {
  const isIdle = async (stage: Stage) => {
    const spec = consumerSpec(stage, { run });
    const { pending, ackPending } = await consumerBacklog(bus, spec);
    return pending + ackPending === 0;
  };
  await until(bus, signal, async () => {
    for (const [stage] of path) if (!(await isIdle(stage))) return false;
    return true;
  });
}

/**
 * Resolves when the consumers that serve every run have settled all that the streams hold of one run.
 * Other runs may go on, but what is handed back of theirs is waited for too.
 */
export async function waitUntilSettled(bus: Bus, run: RunId, signal: AbortSignal): Promise<void> {
  for (const [stage, output] of path) {
    await until(bus, signal, async () => {
      const { stream } = consumerSpec(stage);
      const last = await readLastEvent(bus, stream, toSubjectFilter(output, run));
      if (last === undefined) return true;
      for (const consumer of await findSharedConsumers(bus, stage)) {
        if (!(await hasSettled(bus, consumer, last.sequence))) return false;
      }
      return true;
    });
  }
}

/**
 * Whether everything up to a sequence is settled. The floor says so for certain; where it lags, a
 * consumer that has nothing in hand does.
 */
async function hasSettled(
  bus: Bus,
  { stream, durable }: ConsumerRef,
  sequence: number,
): Promise<boolean> {
  const info = await bus.manager.consumers.info(stream, durable);
  if (info.ack_floor.stream_seq >= sequence) return true;
  return info.num_ack_pending === 0 && info.delivered.stream_seq >= sequence;
}

/** A broker that is just being started again does not answer; the next look tells. */
async function until(bus: Bus, signal: AbortSignal, holds: () => Promise<boolean>): Promise<void> {
  while (!signal.aborted) {
    try {
      if (await holds()) return;
    } catch (error) {
      bus.log.debug({ err: error }, 'the broker does not say what is left');
    }
    await delay(POLL_MS);
  }
}
