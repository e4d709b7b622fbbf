import { connectBus, type Bus } from '@cullstream/bus';
import type { z } from 'zod';
import type { Logger } from './logger.js';
import type { serviceSettings } from './service-settings.js';

type BrokerSettings = Pick<
  z.infer<typeof serviceSettings>,
  'natsUrl' | 'natsUser' | 'natsPassword'
>;

/** How often a service reports what it holds: well within the shortest ack wait in use. */
export const WORKING_EVERY_MS = 2_500;

/** A service's connection, and the end of it as an error. */
export interface ServiceBus extends Bus {
  /** Rejects when the connection is lost for good; stays pending when it is closed on purpose. */
  readonly lost: Promise<never>;
}

/**
 * Connects a service to its broker, waiting for one that is not there yet.
 * @throws {ConfigurationError} when the broker refuses the credentials
 */
export async function connectService(
  settings: Readonly<BrokerSettings>,
  name: string,
  log: Logger,
): Promise<ServiceBus> {
  const { natsUrl, natsUser, natsPassword } = settings;
  const credentials =
    natsUser === undefined || natsPassword === undefined
      ? undefined
      : { user: natsUser, password: natsPassword };
  const bus = await connectBus({ url: natsUrl, credentials, name, log });
  const lost = new Promise<never>((_resolve, reject) => {
    void bus.closed.then((reason) => {
      if (reason !== undefined) reject(reason);
    });
  });
  lost.catch(() => undefined);
  return { ...bus, lost };
}
