import {
  connectBus,
  consumerBacklog,
  toInboxPrefix,
  readSeedFile,
  requireJetStream,
  assertSameContract,
  type Bus,
  type ConsumerRef,
  type Publisher,
} from '@cullstream/bus';
import type { z } from 'zod';
import type { ServiceContext } from './service-context.js';
import type { serviceSettings } from './service-settings.js';
import type { WarningRelay } from './warning-relay.js';

type BrokerSettings = Pick<
  z.infer<typeof serviceSettings>,
  'natsUrl' | 'natsUser' | 'natsPassword' | 'natsSeedFile' | 'natsCaFile'
>;

/** How often a service extends the ack wait of its messages: well below the shortest ack wait in use. */
export const WORKING_EVERY_MS = 2_500;

/** A service's connection to the broker. */
export interface ServiceBus extends Bus {
  /** Rejects when the connection is lost for good; stays pending when it is closed on purpose. */
  readonly lost: Promise<never>;
  /** Adds the backlog of a consumer to the service's metrics. */
  watchBacklog(ref: ConsumerRef): void;
}

/**
 * Connects a service to its broker, and waits until there is one. From then on the service is ready only
 * while the broker answers.
 * @throws {ConfigurationError} when the broker refuses the credentials or has no JetStream, a file of
 *   credentials is unusable, or the broker's events follow another contract than this program's
 */
export async function connectService(
  settings: Readonly<BrokerSettings>,
  { name, log, warnings, health, metrics }: ServiceContext,
): Promise<ServiceBus> {
  const { natsUrl, natsUser, natsPassword, natsSeedFile, natsCaFile } = settings;
  const credentials =
    natsUser === undefined || natsPassword === undefined
      ? undefined
      : { user: natsUser, password: natsPassword };
  const seed = natsSeedFile === undefined ? undefined : await readSeedFile(natsSeedFile);
  const bus = await connectBus({
    url: natsUrl,
    credentials,
    seed,
    caFile: natsCaFile,
    inboxPrefix: toInboxPrefix(name),
    name,
    log,
    onWaiting: (url, reason) => log.warn({ url, reason }, 'waiting for the broker'),
  });
  try {
    await requireJetStream(bus);
    await assertSameContract(bus, name);
  } catch (error) {
    await bus.close();
    throw error;
  }
  warnings.connect(bus);
  health.addCheck('broker', async () => {
    await bus.connection.rtt();
  });
  const lost = new Promise<never>((_resolve, reject) => {
    void bus.closed.then((reason) => {
      if (reason !== undefined) reject(reason);
    });
  });
  lost.catch(() => undefined);
  return {
    ...bus,
    lost,
    publisher: (options) => publishAfter(warnings, bus.publisher(options)),
    watchBacklog: (ref) => metrics.watchBacklog(ref.durable, () => consumerBacklog(bus, ref)),
  };
}

/**
 * Sends warnings before the events that follow them are published: a run may end with such an event, and
 * its summary must contain the warning.
 */
function publishAfter(warnings: Pick<WarningRelay, 'told'>, publisher: Publisher): Publisher {
  return {
    ...publisher,
    async publish(...message) {
      const told = warnings.told();
      if (told !== undefined) await told;
      return publisher.publish(...message);
    },
  };
}
