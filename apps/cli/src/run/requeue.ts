import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  encodeEvent,
  messageIdOf,
  subjectOf,
  toRetryId,
  type ImageFound,
  type RunId,
} from '@cullstream/contracts';
import {
  bundleLimits,
  consumerBacklog,
  consumerSpec,
  deleteRun,
  ensureStreams,
  type Bus,
} from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import type { CommandContext } from '../commands/command-context.js';
import type { ExecutionSettings } from '../settings/settings.js';
import type { Broker } from './broker.js';
import { ensureConsumers } from './enter-run.js';
import type { Interruption } from './execute-run.js';
import { startServices, untilOneFails, type ServicePlan } from './start-services.js';

const POLL_MS = 200;

export interface RequeueOptions {
  readonly files: ServicePlan['files'];
  readonly settings: ExecutionSettings;
  readonly context: CommandContext;
  readonly interruption: Interruption;
}

/** Publishes what is to be done again, under ids of this attempt: the old ones may be remembered. */
export type PublishAgain = (bus: Bus, attempt: string) => Promise<void>;

/**
 * Lets `publish` put work of a run into the streams once more, and the services of that run work
 * until nothing is left.
 * @returns whether it came to its end, or was interrupted
 */
export async function requeue(
  { bus, broker }: { readonly bus: Bus; readonly broker: Broker },
  run: RunId,
  publish: PublishAgain,
  { files, settings, context, interruption }: RequeueOptions,
): Promise<'done' | 'interrupted'> {
  await ensureStreams(bus);
  await ensureConsumers(bus, run, settings);
  await publish(bus, randomBytes(6).toString('hex'));
  const services = await startServices(
    run,
    { files, services: ['writer', 'predictor', 'embedder'] },
    { settings, broker, surroundings: context.surroundings, log: context.log },
  );
  const stopping = new AbortController();
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    return await Promise.race([
      untilDrained(bus, run, stopping.signal).then(() => 'done' as const),
      untilOneFails(services),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
  } finally {
    stopping.abort();
    await Promise.all([...services.values()].map((service) => service.stop()));
    await forgetUnrecorded(bus, run);
  }
}

/** Sends images to the embedder once more. */
export async function publishImages(
  bus: Bus,
  events: Iterable<ImageFound>,
  attempt: string,
): Promise<void> {
  const publisher = bus.publisher({ bundle: bundleLimits.images });
  for (const event of events) {
    const id = toRetryId(messageIdOf(event), attempt);
    const subject = subjectOf('images', event.run, event.project.name);
    await publisher.send(subject, encodeEvent(event), { id });
  }
  await publisher.flush();
}

/** A run that was pruned before has no record: its events are not kept a second time. */
async function forgetUnrecorded(bus: Bus, run: RunId): Promise<void> {
  const records = await openRunRecords(bus);
  if ((await records.get(run)) === undefined) await deleteRun(bus, run);
}

/**
 * Resolves when no stage has work left. Asked in the order in which work passes them: a stage
 * acknowledges only after the next one's stream holds its output.
 */
async function untilDrained(bus: Bus, run: RunId, signal: AbortSignal): Promise<void> {
  const isIdle = async (stage: 'embedder' | 'predictor' | 'writer') => {
    const { pending, ackPending } = await consumerBacklog(
      bus,
      consumerSpec(stage, { run, maxAckPending: 1 }),
    );
    return pending + ackPending === 0;
  };
  while (!signal.aborted) {
    if ((await isIdle('embedder')) && (await isIdle('predictor')) && (await isIdle('writer')))
      return;
    await delay(POLL_MS);
  }
}
