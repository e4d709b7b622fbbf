import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { connectBus } from '@cullstream/bus';
import { describe, expect, it } from 'vitest';
import { createTempDir, silentLog, startTestBroker } from '../src/index.js';

const env = { NATS_SERVER_BIN: process.env['NATS_SERVER_BIN'], PATH: process.env['PATH'] };

describe('a test broker', () => {
  it('answers with JetStream, and is gone when it is stopped', async () => {
    const broker = await startTestBroker({ env });
    const { url, credentials, pid } = broker;
    const bus = await connectBus({ url, credentials, name: 'test', log: silentLog });
    expect((await bus.manager.getAccountInfo()).streams).toBe(0);
    await bus.close();
    await broker.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('keeps a store that it was given', async () => {
    const dir = await createTempDir('store');
    const storeDir = join(dir.path, 'kept');
    const broker = await startTestBroker({ env, storeDir });
    await broker.stop();
    expect(existsSync(storeDir)).toBe(true);
    await dir.remove();
  });
});
