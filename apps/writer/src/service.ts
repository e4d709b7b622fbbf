import {
  batchSizes,
  consumeBatches,
  consumerSpec,
  isInPartition,
  sharedBacklog,
  type Consumption,
  type Partition,
} from '@cullstream/bus';
import { toSubjectToken } from '@cullstream/contracts';
import {
  closeAfter,
  traceDeliveries,
  WORKING_EVERY_MS,
  type Service,
  type ServiceContext,
} from '@cullstream/runtime';
import { shareProjects } from './adapters/share-projects.js';
import { storeAsFailed, storeBatch } from './adapters/store-results.js';
import { composeWriter, type WriterParts } from './compose.js';
import type { WriterSettings } from './settings.js';

const LINGER_MS = 100;

/**
 * Consumes PREDICTIONS: stores each batch in one transaction for each project, publishes the progress
 * of the project, and only then acknowledges. After a kill at any point the work is repeated and
 * changes no row. Writers that serve every run share the projects (docs/adr/0044).
 */
export async function startWriter(
  settings: WriterSettings,
  context: ServiceContext,
): Promise<Service> {
  const parts = await composeWriter(settings, context);
  const { bus, databases, folder } = parts;
  const consumption = await consumeShare(settings, context, parts);
  const close = async () => {
    databases.closeAll();
    await bus.drain();
  };
  return {
    done: closeAfter([consumption.done, bus.lost], close),
    stop: () => {
      folder.leave();
      return consumption.stop();
    },
  };
}

/** Consumes what is this writer's: everything of its run, or its share of all projects. */
async function consumeShare(
  { run }: WriterSettings,
  { tracing }: ServiceContext,
  parts: WriterParts,
): Promise<Consumption> {
  const { bus, databases, log, metrics, shared } = parts;
  const all = consumerSpec('writer', { run });
  const consume = (partition?: Partition) =>
    consumeBatches(
      bus,
      consumerSpec('writer', { run, partition }),
      {
        knownAs: all,
        accepts: partition && ((subject) => isInPartition(subject, partition)),
        maxBatch: batchSizes.writer,
        lingerMs: LINGER_MS,
        workingEveryMs: WORKING_EVERY_MS,
        onSettled: metrics.settled,
        onDead: (delivery, error) => storeAsFailed(delivery, error, parts),
      },
      (deliveries) =>
        traceDeliveries(tracing, 'writer commit', deliveries, () => storeBatch(deliveries, parts)),
    );
  if (shared === undefined) {
    bus.watchBacklog(all);
    return consume();
  }
  const { partitions, count } = shared;
  metrics.watchBacklog(all.durable, () => sharedBacklog(bus, 'writer'));
  return shareProjects(partitions, {
    log,
    consume: (index) => consume({ index, count }),
    finish: (index) =>
      databases.closeWhere((project) => isInPartition(toSubjectToken(project), { index, count })),
  });
}
