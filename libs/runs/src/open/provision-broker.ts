import { isInCluster, readReplicas } from '@cullstream/bus';
import {
  connectBroker,
  retryTransient,
  setUpBroker,
  toAccess,
  type ExternalBroker,
} from '@cullstream/broker';
import type { WorkContext } from '../work-context.js';
import type { BatchOptions } from '../options.js';
import { ensureSharedConsumers } from './register-run.js';

/** A broker of the same deployment may be started at the same time. */
const FIRST_CONNECT_TIMEOUT_MS = 60_000;

export interface Provisioned {
  /** Servers that keep each stream. */
  readonly replicas: number;
  /** Whether the broker is one server of a cluster. */
  readonly isCluster: boolean;
}

/**
 * Creates the streams, buckets and consumers of a deployment at its broker, or brings them up to
 * date. Safe to repeat, also while services work.
 */
export async function provisionBroker(
  target: ExternalBroker,
  settings: Pick<BatchOptions, 'embedders' | 'bytes' | 'replicas'> & { readonly writers: number },
  { log, note }: Pick<WorkContext, 'log' | 'note'>,
): Promise<Provisioned> {
  const access = await toAccess(target, 'provisioner');
  const bus = await connectBroker(
    { url: target.url, access },
    { name: 'provisioner', log, note, timeoutMs: FIRST_CONNECT_TIMEOUT_MS },
  );
  try {
    await retryTransient(async () => {
      await setUpBroker(bus, settings);
      await ensureSharedConsumers(bus, settings);
    }, note);
    const replicas = await readReplicas(bus);
    return { replicas, isCluster: isInCluster(bus) };
  } finally {
    await bus.close();
  }
}
