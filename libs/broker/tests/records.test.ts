import { openRecords, type Bus } from '@cullstream/bus';
import { describe, expect, it } from 'vitest';
import { useBroker } from './broker-fixture.js';

describe('records', () => {
  let bus: Bus;
  useBroker((connected) => (bus = connected));

  const named = {
    parse(value: unknown): { name: string } {
      if (typeof value === 'object' && value && 'name' in value) return value as { name: string };
      throw new TypeError('a name is needed');
    },
  };

  it('are kept by key, whatever the key is made of', async () => {
    const records = await openRecords(bus, 'test_kept', named);
    await records.put('Slender Kiara.zip', { name: 'a' });
    await records.put('b', { name: 'b' });
    await records.put('b', { name: 'c' });

    expect(await records.get('Slender Kiara.zip')).toEqual({ name: 'a' });
    expect(await records.get('missing')).toBeUndefined();
    expect([...(await records.list())]).toEqual([
      ['Slender Kiara.zip', { name: 'a' }],
      ['b', { name: 'c' }],
    ]);
  });

  it('lose no change of two that write at the same time', async () => {
    const records = await openRecords(bus, 'test_updated', named);
    await records.put('a', { name: '' });
    const appendOwn = (letter: string) =>
      records.update('a', ({ name }) => ({ name: `${name}${letter}` }));

    await Promise.all(['x', 'y', 'z'].map(appendOwn));

    expect((await records.get('a'))?.name).toMatch(/^(?=.*x)(?=.*y)(?=.*z)...$/);
  });

  it('are not made by changing what is not there', async () => {
    const records = await openRecords(bus, 'test_unmade', named);

    expect(await records.update('a', (current) => current)).toBeUndefined();
    expect((await records.list()).size).toBe(0);
  });

  it('are gone when deleted, and an empty bucket lists nothing', async () => {
    const records = await openRecords(bus, 'test_deleted', named);
    await records.put('a', { name: 'a' });

    await records.delete('a');

    expect(await records.get('a')).toBeUndefined();
    expect((await records.list()).size).toBe(0);
    const { state } = await bus.manager.streams.info('KV_test_deleted');
    expect(state.messages, 'markers of deleted keys').toBe(0);
  });

  it('are refused when they are not as the schema says', async () => {
    const records = await openRecords(bus, 'test_refused', named);

    const putting = records.put('a', {} as { name: string });

    await expect(putting).rejects.toThrow('record a of bucket test_refused');
  });
});
