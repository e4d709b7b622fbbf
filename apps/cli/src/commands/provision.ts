import { ConfigurationError, counted } from '@cullstream/contracts';
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
  const { replicas, isCluster } = await provisionBroker(target, settings, context);
  const kept = isCluster
    ? `; ${counted(replicas, 'server')} of the cluster keep${replicas === 1 ? 's' : ''} each`
    : '';
  const shared = settings.writers === 1 ? '' : ` and ${counted(settings.writers, 'writer')}`;
  terminal.print(
    `streams and consumers are set up for up to ${counted(settings.embedders, 'embedder')}${shared}${kept}`,
  );
  if (isCluster && replicas === 1) {
    terminal.note(
      'what a server holds is lost with its disk: `--replicas 3` has three servers keep it',
    );
  }
  return exitCodes.ok;
}
