import {
  ensureBytesBucket,
  ensureContract,
  ensureReplicas,
  ensureStreams,
  type Bus,
} from '@cullstream/bus';
import { isUnfinished, type BytesMode } from '@cullstream/contracts';
import { openRunRecords } from '@cullstream/runtime';

export interface BrokerSetUp {
  readonly bytes?: BytesMode | undefined;
  /** Servers of a cluster that keep each stream: 1 to 5. Without it, as many as before. */
  readonly replicas?: number | undefined;
  /** Id of the data folder that the caller has to itself: nobody else is at work on its unfinished runs. */
  readonly folder?: string | undefined;
}

/**
 * Makes sure that a broker has the streams, the buckets and the contract of this program.
 * @throws {ConfigurationError} while programs of another contract work there, or where the broker
 *   cannot keep so many replicas
 */
export async function setUpBroker(
  bus: Bus,
  { bytes, replicas, folder }: BrokerSetUp = {},
): Promise<void> {
  const records = await openRunRecords(bus);
  const unfinished = [...(await records.list()).values()].filter(
    (run) => isUnfinished(run) && (folder === undefined || run.folder !== folder),
  );
  await ensureContract(
    bus,
    unfinished.map(({ run }) => run),
  );
  await ensureStreams(bus);
  if (bytes === 'object-store') await ensureBytesBucket(bus);
  if (replicas !== undefined) await ensureReplicas(bus, replicas);
}
