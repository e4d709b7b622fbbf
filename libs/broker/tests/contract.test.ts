import { ConfigurationError } from '@cullstream/contracts';
import {
  CONTRACT_RECORD,
  CONTRACT_VERSION,
  consumeEach,
  consumerSpec,
  ensureContract,
  openRecords,
  assertSameContract,
  type Bus,
} from '@cullstream/bus';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { SOON, useBroker, withConsumer } from './broker-fixture.js';

const version = { parse: Number };

let bus: Bus;
useBroker((connected) => (bus = connected));

/** Stores the contract number of another program version. */
async function pretend(contract: number): Promise<void> {
  await (await openRecords(bus, CONTRACT_RECORD, version)).put('events', contract);
}

async function written(): Promise<number | undefined> {
  return (await openRecords(bus, CONTRACT_RECORD, version)).get('events');
}

describe('the contract of a broker', () => {
  beforeEach(() => pretend(CONTRACT_VERSION));

  it('lets programs of the same contract in, and those where none is written down', async () => {
    await assertSameContract(bus, 'embedder');
    await (await openRecords(bus, CONTRACT_RECORD, version)).delete('events');
    await assertSameContract(bus, 'embedder');
    await ensureContract(bus, []);
    expect(await written()).toBe(CONTRACT_VERSION);
  });

  it('that is newer refuses a program and tells it to be updated', async () => {
    await pretend(CONTRACT_VERSION + 1);
    const refused = assertSameContract(bus, 'embedder');
    await expect(refused).rejects.toThrow(ConfigurationError);
    await expect(refused).rejects.toThrow(
      `carries events of contract ${CONTRACT_VERSION + 1}, this embedder speaks contract ` +
        `${CONTRACT_VERSION}: update it`,
    );
    await expect(ensureContract(bus, [])).rejects.toThrow('update it');
    expect(await written()).toBe(CONTRACT_VERSION + 1);
  });

  it('that is older is raised once no run is under way, and not before', async () => {
    await pretend(CONTRACT_VERSION - 1);
    await expect(ensureContract(bus, ['a run'])).rejects.toThrow('finish the runs');
    await ensureContract(bus, []);
    expect(await written()).toBe(CONTRACT_VERSION);
  });

  it('that is older is not raised under services that wait for work', async () => {
    const spec = await withConsumer(bus, consumerSpec('embedder', { maxAckPending: 8 }));
    await pretend(CONTRACT_VERSION - 1);
    const consumption = await consumeEach(bus, spec, { maxInFlight: 1 }, () => Promise.resolve());
    await vi.waitFor(
      () => expect(ensureContract(bus, [])).rejects.toThrow('end its services'),
      SOON,
    );
    await consumption.stop();
    await vi.waitFor(() => ensureContract(bus, []), SOON);
  });
});
