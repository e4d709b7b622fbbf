import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  encodeEvent,
  EVENT_VERSION,
  messageIdOf,
  subjectOf,
  toRetryId,
  type ImageFound,
  type RunId,
} from '@cullstream/contracts';
import {
  consumerBacklog,
  consumerSpec,
  deleteDeadLetter,
  deleteRun,
  ensureStreams,
  type Bus,
} from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import { readImages, readRuns } from '@cullstream/store';
import type { CommandContext } from '../commands/command-context.js';
import type { Broker } from '../run/broker.js';
import { ensureConsumers } from '../run/enter-run.js';
import type { Interruption } from '../run/execute-run.js';
import { startServices, untilOneFails, type ServicePlan } from '../run/start-services.js';
import type { ExecutionSettings } from '../settings/settings.js';
import type { DeadEntry, FailedImage, PoisonedMessage } from './dead-entry.js';
import { groupBy } from './group-by.js';

const POLL_MS = 200;

export interface RetryOptions {
  readonly files: ServicePlan['files'];
  readonly settings: ExecutionSettings;
  readonly context: CommandContext;
  readonly interruption: Interruption;
}

/**
 * Publishes images and messages of one run once more under new ids, and lets the services of that run
 * work until nothing is left. A message that fails again leaves a new letter; the old one goes.
 * @returns whether it came to its end, or was interrupted
 */
export async function retryInRun(
  { bus, broker }: { readonly bus: Bus; readonly broker: Broker },
  run: RunId,
  entries: readonly DeadEntry[],
  { files, settings, context, interruption }: RetryOptions,
): Promise<'done' | 'interrupted'> {
  await ensureStreams(bus);
  await ensureConsumers(bus, run, settings);
  const attempt = randomBytes(6).toString('hex');
  await publishImages(bus, entries.filter(isImage), attempt);
  const letters = entries.filter(isMessage);
  await publishMessages(bus, letters, attempt);
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
    const end = await Promise.race([
      untilDrained(bus, run, stopping.signal).then(() => 'done' as const),
      untilOneFails(services),
      interruption.requested.then(() => 'interrupted' as const),
    ]);
    if (end === 'done') {
      for (const { letter } of letters) await deleteDeadLetter(bus, letter.letterSequence);
    }
    return end;
  } finally {
    stopping.abort();
    await Promise.all([...services.values()].map((service) => service.stop()));
    await forgetUnrecorded(bus, run);
  }
}

/** A run that was pruned before has no record: its events are not kept a second time. */
async function forgetUnrecorded(bus: Bus, run: RunId): Promise<void> {
  const records = await openRunRecords(bus);
  if ((await records.get(run)) === undefined) await deleteRun(bus, run);
}

const isImage = (entry: DeadEntry): entry is FailedImage => entry.kind === 'image';
const isMessage = (entry: DeadEntry): entry is PoisonedMessage => entry.kind === 'message';

async function publishImages(
  bus: Bus,
  images: readonly FailedImage[],
  attempt: string,
): Promise<void> {
  const publisher = bus.publisher();
  for (const [path, ofDatabase] of groupBy(images, ({ database }) => database.path)) {
    const [{ run, project: name }] = ofDatabase;
    const project = readRuns(path, name).find((each) => each.run === run)?.project;
    if (project === undefined) throw new Error(`${path} has no run ${run} any more`);
    const sequences = new Set(ofDatabase.map(({ sequence }) => sequence));
    for (const { sequence, image, source, group } of readImages(path, run)) {
      if (!sequences.has(sequence)) continue;
      const carried = { v: EVENT_VERSION, run, project, sequence, image, source, group } as const;
      const event: ImageFound = { ...carried, type: 'image.found', legacyEmbedding: null };
      const id = toRetryId(messageIdOf(event), attempt);
      await publisher.send(subjectOf('images', run, name), encodeEvent(event), { id });
    }
  }
  await publisher.flush();
}

async function publishMessages(
  bus: Bus,
  messages: readonly PoisonedMessage[],
  attempt: string,
): Promise<void> {
  const publisher = bus.publisher();
  for (const { letter } of messages) {
    const { subject, data, stream, streamSequence } = letter;
    await publisher.send(subject, data, {
      id: toRetryId(`${stream}/${streamSequence}`, attempt),
    });
  }
  await publisher.flush();
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
