import { ensureBytesBucket, ensureContract, ensureStreams, type Bus } from '@cullstream/bus';
import { isUnfinished, type BytesMode } from '@cullstream/contracts';
import { openRunRecords } from '@cullstream/runtime';

/**
 * Makes sure that a broker has the streams, the buckets and the contract of this program.
 * @throws {ConfigurationError} while programs of another contract work there
 */
export async function setUpBroker(bus: Bus, bytes: BytesMode = 'originals'): Promise<void> {
  const records = await openRunRecords(bus);
  const unfinished = [...(await records.list()).values()].filter(isUnfinished);
  await ensureContract(
    bus,
    unfinished.map(({ run }) => run),
  );
  await ensureStreams(bus);
  if (bytes === 'object-store') await ensureBytesBucket(bus);
}
