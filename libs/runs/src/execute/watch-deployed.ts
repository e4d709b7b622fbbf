import { setTimeout as delay } from 'node:timers/promises';
import { toSubjectFilter, type RunId } from '@cullstream/contracts';
import { findSharedConsumers, isConsumed, readLastEvent, streams, type Bus } from '@cullstream/bus';
import { openRunRecords } from '@cullstream/runtime';
import type { ServiceName } from '../supervise/service-name.js';

const LOOK_EVERY_MS = 2_000;
/** Services look for new runs every second, and may have to wait for a core. */
const PATIENCE_MS = 5_000;

/** What is known of the services without asking them. */
export interface DeployedWatch {
  /** The reporter has spoken. */
  heard(): void;
}

/**
 * Says which deployed services a run waits for: nothing else would tell a person why nothing happens.
 * Says so again whenever they become others, until `signal` is aborted.
 */
export function watchDeployed(
  bus: Bus,
  run: RunId,
  note: (line: string) => void,
  signal: AbortSignal,
): DeployedWatch {
  const startedMs = performance.now();
  let heardMs = startedMs;
  let told = '';
  const look = async () => {
    const missing = await findMissing(bus, run);
    if (performance.now() - heardMs > PATIENCE_MS) missing.push('reporter');
    const text = missing.join(', ');
    if (text === told) return;
    told = text;
    note(
      text === ''
        ? `run ${run}: all deployed services are at work`
        : `run ${run} waits for deployed services at ${bus.connection.getServer()}: no ${text} works there; ` +
            'start them (deploy/README.md), Ctrl-C stops following',
    );
  };
  void (async () => {
    await pause(PATIENCE_MS, signal);
    while (!signal.aborted) {
      await look().catch((error: unknown) => {
        bus.log.debug({ err: error, run }, 'the broker does not tell who works there');
      });
      await pause(LOOK_EVERY_MS, signal);
    }
  })();
  return {
    heard: () => {
      heardMs = performance.now();
    },
  };
}

async function findMissing(bus: Bus, run: RunId): Promise<ServiceName[]> {
  const missing: ServiceName[] = [];
  const record = await (await openRunRecords(bus)).get(run);
  const isWaiting = record?.state === 'running' && record.replay === undefined;
  if (isWaiting && record.extractedAt === null) {
    const first = await readLastEvent(bus, streams.images.name, toSubjectFilter('images', run));
    if (first === undefined) missing.push('extractor');
  }
  for (const stage of ['embedder', 'predictor', 'writer'] as const) {
    for (const spec of await findSharedConsumers(bus, stage)) {
      if (await isConsumed(bus, spec)) continue;
      missing.push(stage);
      break;
    }
  }
  return missing;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
