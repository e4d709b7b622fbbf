import { ConfigurationError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { provisionBroker } from '@cullstream/runs';
import type { ProvisionSettings } from '../settings/deployment-settings.js';
import type { CommandContext } from './command-context.js';

/** Creates or updates the streams, buckets and consumers of a deployment. */
export async function provision(
  settings: ProvisionSettings,
  context: CommandContext,
): Promise<number> {
  const { target, terminal } = context;
  if (target.kind === 'own') {
    throw new ConfigurationError(['--nats: say which broker to set up (CULL_NATS is not set)']);
  }
  await provisionBroker(target, settings, context);
  terminal.print(`streams and consumers are set up for up to ${settings.embedders} embedders`);
  return exitCodes.ok;
}
