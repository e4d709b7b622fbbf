import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ConfigurationError } from '@cullstream/contracts';
import { createLogger } from '@cullstream/runtime';
import { connectBroker, type ConnectBrokerOptions } from '../src/connect-broker.js';

const log = createLogger('test', 'silent');

describe('connectBroker, where nobody answers', () => {
  let silence: Server;

  beforeAll(async () => {
    silence = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silence, 'listening');
  });
  afterAll(() => silence.close());

  async function findProblem(options: Pick<ConnectBrokerOptions, 'of'>): Promise<string> {
    const { port } = silence.address() as AddressInfo;
    const url = `nats://127.0.0.1:${port}`;
    const common = { name: 'cli', log, note: () => undefined, timeoutMs: 200 };
    const error = await connectBroker({ url, access: {} }, { ...common, ...options }).then(
      (bus) => bus.close(),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof ConfigurationError)) throw new Error('it was connected');
    return error.problems.join('\n').replace(String(port), 'PORT');
  }

  it('asks to look at an address that somebody gave', async () => {
    expect(await findProblem({})).toBe(
      '‹nats›: no connection to nats://127.0.0.1:PORT within 0.2 s (no answer): ' +
        'check that a NATS server listens there',
    );
  });

  it('names the run whose own broker hangs, and what helps, instead of an address that nobody gave', async () => {
    expect(await findProblem({ of: { run: '20260131T094500Z-k3x9', dataDir: './data' } })).toBe(
      'the broker of run 20260131T094500Z-k3x9, which works in ./data, does not answer within 0.2 s: ' +
        'it begins or ends just now, or hangs. Ask again; where that does not help, end the run ' +
        '(Ctrl-C) and give the same `cullstream run` again, which loses nothing',
    );
  });
});
