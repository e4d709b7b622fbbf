import { randomBytes } from 'node:crypto';
import {
  encodeEvent,
  toMessageId,
  toSubject,
  toRetryId,
  weightedServices,
  type ImageFound,
  type PredictionRecipe,
  type RunId,
} from '@cullstream/contracts';
import { bundleLimits, deleteRun, assertSameContract, type Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import type { ExecutionOptions } from '../options.js';
import {
  keepBrokerReadable,
  keepBrokerWriting,
  retryTransient,
  setUpBroker,
  type Broker,
} from '@cullstream/broker';
import { ensureConsumers, refuseDeployed } from '../open/register-run.js';
import type { Interruption } from '../interruption.js';
import { assertSameWeights } from './assert-same-weights.js';
import type { WorkContext } from '../work-context.js';
import { waitUntilDrained, waitUntilSettled } from './wait-until-settled.js';
import { openServiceLog } from '../supervise/service-log.js';
import {
  startServices,
  waitForServiceFailure,
  type ServicePlan,
} from '../supervise/start-services.js';

export interface RequeueOptions {
  readonly files: ServicePlan['files'];
  /** What the work was planned with. */
  readonly recipe: PredictionRecipe;
  readonly settings: ExecutionOptions;
  readonly context: WorkContext;
  readonly interruption: Interruption;
}

/** Publishes what is to be done again, under ids of this attempt: the old ones may be remembered. */
export type PublishAgain = (bus: Bus, attempt: string) => Promise<void>;

/**
 * Lets `publish` put work of a run into the streams once more, and the services of that run, or those
 * of a deployment, work until nothing of it is left.
 * @returns whether it came to its end, or was interrupted
 */
export async function requeue(
  { bus, broker }: { readonly bus: Bus; readonly broker: Broker },
  run: RunId,
  publish: PublishAgain,
  { files, recipe, settings, context, interruption }: RequeueOptions,
): Promise<'done' | 'interrupted'> {
  const attempt = randomBytes(6).toString('hex');
  if (settings.services === 'deployed') {
    await assertSameContract(bus, 'cullstream');
    await assertSameWeights(bus, recipe, { services: weightedServices });
    await publish(bus, attempt);
    return leaveToDeployed(bus, run, interruption);
  }
  await setUpBroker(bus);
  await refuseDeployed(bus);
  await ensureConsumers(bus, run, settings);
  await publish(bus, attempt);
  const unwatch = keepBrokerWriting(settings.data, broker, context.log);
  const unread = context.target.kind === 'own' ? keepBrokerReadable(bus, broker) : undefined;
  const serviceLog = openServiceLog(settings.data, run, context.log);
  const services = startServices(
    run,
    { files, services: ['writer', 'predictor', 'embedder'] },
    { ...context, settings, broker, serviceLog },
  );
  const stopping = new AbortController();
  void interruption.forced.then(() => {
    for (const service of services.values()) service.kill();
  });
  try {
    return await Promise.race([
      waitUntilDrained(bus, run, stopping.signal).then(() => 'done' as const),
      waitForServiceFailure(services),
      broker.failed,
      interruption.requested.then(() => 'interrupted' as const),
    ]);
  } finally {
    stopping.abort();
    unread?.();
    unwatch();
    await Promise.all([...services.values()].map((service) => service.stop()));
    await retryTransient(() => forgetUnrecorded(bus, run));
  }
}

/** An interruption ends the waiting only: the services finish what was published. */
async function leaveToDeployed(
  bus: Bus,
  run: RunId,
  { requested }: Interruption,
): Promise<'done' | 'interrupted'> {
  const stopping = new AbortController();
  try {
    return await Promise.race([
      waitUntilSettled(bus, run, stopping.signal).then(() => 'done' as const),
      requested.then(() => 'interrupted' as const),
    ]);
  } finally {
    stopping.abort();
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
    const id = toRetryId(toMessageId(event), attempt);
    const subject = toSubject('images', event.run, event.project.name);
    await publisher.send(subject, encodeEvent(event), { id });
  }
  await publisher.flush();
}

/** A run that was pruned before has no record: its events are not kept a second time. */
async function forgetUnrecorded(bus: Bus, run: RunId): Promise<void> {
  const records = await openRunRecords(bus);
  if ((await records.get(run)) === undefined) await deleteRun(bus, run);
}
