import type { RunRecord } from '@cullstream/contracts';
import { consumerSpec, deleteRun, ensureConsumer, type Bus } from '@cullstream/bus';
import type { RunRecords } from '@cullstream/runtime';

/** Finished runs, and as many replays, whose events are kept for replays. */
const FINISHED_KEPT = 2;
/** How long the work of a killed service waits; live ones report four times as often. */
const ACK_WAIT_MS = 10_000;
/** Deliveries in hand by stage: two batches, times the replicas. */
const MAX_ACK_PENDING = { embedder: 96, predictor: 512, writer: 1_000 } as const;

/** Stores the record of a run that begins or goes on, forgets old ones, and sets up its consumers. */
export async function enterRun(
  bus: Bus,
  records: RunRecords,
  record: RunRecord,
  { embedders }: { readonly embedders: number },
): Promise<void> {
  await records.put(record.run, record);
  await pruneFinished(bus, records);
  await ensureConsumers(bus, record.run, { embedders });
}

/** The consumers that hand the images of a run from stage to stage. */
export async function ensureConsumers(
  bus: Bus,
  run: RunRecord['run'],
  { embedders }: { readonly embedders: number },
): Promise<void> {
  for (const stage of ['embedder', 'predictor', 'writer'] as const) {
    const replicas = stage === 'embedder' ? embedders : 1;
    const maxAckPending = MAX_ACK_PENDING[stage] * replicas;
    await ensureConsumer(bus, consumerSpec(stage, { run, maxAckPending, ackWaitMs: ACK_WAIT_MS }));
  }
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

async function pruneFinished(bus: Bus, records: RunRecords): Promise<void> {
  const finished = [...(await records.list()).values()].filter(
    ({ state }) => state === 'completed',
  );
  for (const isReplay of [false, true]) {
    const alike = finished.filter(({ replay }) => (replay !== undefined) === isReplay);
    for (const { run } of alike.slice(0, -FINISHED_KEPT)) await forgetRun(bus, records, run);
  }
}
