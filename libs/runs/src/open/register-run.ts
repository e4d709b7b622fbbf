import { ConfigurationError, isUnfinished, type RunRecord } from '@cullstream/contracts';
import {
  consumerSpec,
  deleteRun,
  ensureConsumer,
  ensureWriterConsumers,
  hasConsumer,
  type Bus,
} from '@cullstream/bus';
import type { RunRecords } from '@cullstream/runtime';
import { limitWarnings } from './limit-warnings.js';

/** How long the work of a killed service waits; live ones report four times as often. */
const ACK_WAIT_MS = 10_000;

export interface RegisterRunSettings {
  readonly embedders: number;
  readonly keepRuns: number;
  readonly services: 'own' | 'deployed';
  /** What the command warned of so far, where no log of its own is read for the summary. */
  readonly warned?: readonly string[] | undefined;
}

/**
 * Stores the record of a run that begins or goes on, forgets old ones, and sets up its consumers.
 * @param isNew whether it begins; one that goes on may be cancelled meanwhile
 * @returns the record as it is stored; undefined if it was cancelled or deleted meanwhile
 */
export async function registerRun(
  bus: Bus,
  records: RunRecords,
  record: RunRecord,
  {
    embedders,
    keepRuns,
    services,
    warned = [],
    isNew,
  }: RegisterRunSettings & { readonly isNew: boolean },
): Promise<RunRecord | undefined> {
  await (services === 'deployed' ? requireDeployed(bus) : refuseDeployed(bus));
  const warnings = limitWarnings([...(record.warnings ?? []), ...warned]);
  const registered = warnings.length === 0 ? record : { ...record, warnings };
  if (isNew) await records.save(registered);
  else if (!(await records.goOn(registered))) return undefined;
  await pruneFinished(bus, records, keepRuns);
  if (services !== 'deployed') await ensureConsumers(bus, record.run, { embedders });
  return registered;
}

/**
 * Services of a command and deployed ones would both do the work, and count it twice.
 * @throws {ConfigurationError} when the broker has deployed services
 */
export async function refuseDeployed(bus: Bus): Promise<void> {
  if (!(await hasDeployed(bus))) return;
  throw new ConfigurationError([
    '‹services›: this broker has deployed services, which take up every run: say ‹services=deployed›',
  ]);
}

/** @throws {ConfigurationError} when the broker was never set up for deployed services */
async function requireDeployed(bus: Bus): Promise<void> {
  if (await hasDeployed(bus)) return;
  throw new ConfigurationError([
    `‹services=deployed›: this broker is not set up for deployed services; \`cullstream provision\` does it`,
  ]);
}

function hasDeployed(bus: Bus): Promise<boolean> {
  return hasConsumer(bus, consumerSpec('embedder'));
}

/** The consumers that hand the images of every run from stage to stage of a deployment. */
export async function ensureSharedConsumers(
  bus: Bus,
  { embedders, writers }: { readonly embedders: number; readonly writers: number },
): Promise<void> {
  for (const stage of ['embedder', 'predictor'] as const) {
    await ensureConsumer(bus, consumerSpec(stage, { replicas: embedders, ackWaitMs: ACK_WAIT_MS }));
  }
  await ensureWriterConsumers(bus, writers, { ackWaitMs: ACK_WAIT_MS });
}

/** The consumers that hand the images of a run from stage to stage. */
export async function ensureConsumers(
  bus: Bus,
  run: RunRecord['run'],
  { embedders }: { readonly embedders: number },
): Promise<void> {
  for (const stage of ['embedder', 'predictor', 'writer'] as const) {
    const replicas = stage === 'embedder' ? embedders : 1;
    await ensureConsumer(bus, consumerSpec(stage, { run, replicas, ackWaitMs: ACK_WAIT_MS }));
  }
}

/** Lets the broker hand out enough work for one more embedder. */
export async function addEmbedder(bus: Bus, run: RunRecord['run']): Promise<void> {
  const spec = consumerSpec('embedder', { run, ackWaitMs: ACK_WAIT_MS });
  const { config } = await bus.manager.consumers.info(spec.stream, spec.durable);
  const maxAckPending = (config.max_ack_pending ?? 0) + spec.maxAckPending;
  await ensureConsumer(bus, { ...spec, maxAckPending });
}

/** Forgets a run: its events, its consumers and its record. What databases hold of it stays. */
export async function forgetRun(
  bus: Bus,
  records: RunRecords,
  run: RunRecord['run'],
): Promise<void> {
  await deleteRun(bus, run);
  await records.delete(run);
}

/**
 * Forgets the events of all finished runs but the newest of each data folder, and of all finished
 * replays but as many.
 * @returns the runs that were forgotten
 */
export async function pruneFinished(
  bus: Bus,
  records: RunRecords,
  keepRuns: number,
): Promise<string[]> {
  const pruned: string[] = [];
  const alike = new Map<string, string[]>();
  for (const record of (await records.list()).values()) {
    if (isUnfinished(record)) continue;
    const key = `${record.folder ?? ''}/${record.replay === undefined ? 'run' : 'replay'}`;
    alike.set(key, [...(alike.get(key) ?? []), record.run]);
  }
  for (const runs of alike.values()) {
    for (const run of runs.slice(0, Math.max(0, runs.length - keepRuns))) {
      await forgetRun(bus, records, run);
      pruned.push(run);
    }
  }
  return pruned;
}
