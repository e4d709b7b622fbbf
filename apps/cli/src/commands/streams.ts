import { exitCodes, openRunRecords, requireDataFolder } from '@cullstream/runtime';
import { hasBroker, isExternal, reachBroker, withBroker } from '@cullstream/broker';
import { measureStreams, pruneFinished, type StreamShare } from '@cullstream/runs';
import { formatTable } from '../output/format-table.js';
import type { StreamsSettings } from '../settings/stream-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Shows what the streams hold, by run and project. `--prune` deletes messages that the policy does
 * not keep.
 */
export async function streams(settings: StreamsSettings, context: CommandContext): Promise<number> {
  const { terminal } = context;
  if (!isExternal(context)) requireDataFolder(settings.data);
  if (!hasBroker(context)) {
    const text = 'no broker has worked here: there are no streams';
    terminal.print(settings.json ? JSON.stringify({ runs: [], lost: [], pruned: [] }) : text);
    return exitCodes.ok;
  }
  const pruned = settings.prune
    ? await withBroker(settings, context, async (bus) =>
        pruneFinished(bus, await openRunRecords(bus), settings.keepRuns),
      )
    : [];
  const { shares, lost } = await reachBroker(settings, context, (bus, { isOurs }) =>
    measureStreams(bus, { isIdle: isOurs && !isExternal(context) }),
  );
  terminal.print(
    settings.json
      ? JSON.stringify({ runs: shares, lost, pruned }, null, 2)
      : toText(shares, lost, pruned),
  );
  return exitCodes.ok;
}

function toText(
  shares: readonly StreamShare[],
  lost: readonly string[],
  pruned: readonly string[],
): string {
  const head = ['run', 'state', 'project', 'images', 'embeddings', 'predictions', 'about MB'];
  const rows = shares.map(({ run, state, project, messages, bytes }) => [
    run,
    state,
    project,
    messages.images,
    messages.embeddings,
    messages.predictions,
    (bytes / 1e6).toFixed(1),
  ]);
  const total = shares.reduce((sum, { bytes }) => sum + bytes, 0);
  return [
    ...(pruned.length === 0 ? [] : [`forgotten: ${pruned.join(', ')}`]),
    formatTable(head, rows, { spare: ['state'] }),
    ...lost.map(
      (name) =>
        `there is no stream ${name}: the next run makes it, or \`cullstream provision\` for deployed services`,
    ),
    'counted in messages, which carry up to 128 images each',
    `about ${(total / 1e6).toFixed(1)} MB in all; \`cullstream streams --prune --keep-runs N\` forgets finished runs`,
  ].join('\n');
}
