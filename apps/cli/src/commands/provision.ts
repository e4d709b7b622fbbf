import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { connectBroker, retryTransient, setUpBroker, toAccess } from '@cullstream/broker';
import { ensureConsumers } from '@cullstream/runs';
import type { ProvisionSettings } from '../settings/deployment-settings.js';
import type { CommandContext } from './command-context.js';

/** A broker of the same deployment may be started at the same time. */
const FIRST_CONNECT_TIMEOUT_MS = 60_000;

/**
 * Creates the streams, buckets and consumers of a deployment at its broker, or brings them up to
 * date. Safe to repeat, also while services work.
 */
export async function provision(
  settings: ProvisionSettings,
  { terminal, target, note, log }: CommandContext,
): Promise<number> {
  if (target.kind === 'own') {
    throw new ConfigurationError(['--nats: say which broker to set up (CULL_NATS is not set)']);
  }
  const access = await toAccess(target, 'provisioner');
  const bus = await connectBroker(
    { url: target.url, access },
    {
      name: 'provisioner',
      log,
      note,
      timeoutMs: FIRST_CONNECT_TIMEOUT_MS,
    },
  );
  try {
    await retryTransient(async () => {
      await setUpBroker(bus, settings.bytes);
      await ensureConsumers(bus, undefined, settings);
    }, note);
    terminal.print(`streams and consumers are set up for up to ${settings.embedders} embedders`);
    return exitCodes.ok;
  } finally {
    await bus.close();
  }
}
