import {
  connectBroker,
  retryTransient,
  setUpBroker,
  toAccess,
  type ExternalBroker,
} from '@cullstream/broker';
import type { WorkContext } from '../work-context.js';
import type { ExecutionOptions } from '../options.js';
import { ensureConsumers } from './register-run.js';

/** A broker of the same deployment may be started at the same time. */
const FIRST_CONNECT_TIMEOUT_MS = 60_000;

/**
 * Creates the streams, buckets and consumers of a deployment at its broker, or brings them up to
 * date. Safe to repeat, also while services work.
 */
export async function provisionBroker(
  target: ExternalBroker,
  settings: Pick<ExecutionOptions, 'embedders'> & Required<Pick<ExecutionOptions, 'bytes'>>,
  { log, note }: Pick<WorkContext, 'log' | 'note'>,
): Promise<void> {
  const access = await toAccess(target, 'provisioner');
  const bus = await connectBroker(
    { url: target.url, access },
    { name: 'provisioner', log, note, timeoutMs: FIRST_CONNECT_TIMEOUT_MS },
  );
  try {
    await retryTransient(async () => {
      await setUpBroker(bus, settings.bytes);
      await ensureConsumers(bus, undefined, settings);
    }, note);
  } finally {
    await bus.close();
  }
}
