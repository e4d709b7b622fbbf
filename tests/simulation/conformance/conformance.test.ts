import { connectBus, type Bus } from '@cullstream/bus';
import { silentLog, startTestBroker } from '@cullstream/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startModelServer } from './model-server.js';
import { prepare, scenarios } from './scenarios.js';

const stops: (() => Promise<unknown>)[] = [];
let real: Bus;
let model: Bus;

async function connect(options: Pick<Parameters<typeof connectBus>[0], 'url' | 'credentials'>) {
  const bus = await connectBus({ ...options, name: 'conformance', log: silentLog });
  stops.unshift(() => bus.close());
  await prepare(bus);
  return bus;
}

beforeAll(async () => {
  const { NATS_SERVER_BIN, PATH } = process.env;
  const broker = await startTestBroker({ env: { NATS_SERVER_BIN, PATH } });
  stops.push(() => broker.stop());
  const { url, credentials } = broker;
  real = await connect({ url, credentials });
  const server = await startModelServer(real.connection.info?.version ?? '');
  stops.push(() => server.stop());
  model = await connect({ url: server.url });
});
afterAll(async () => {
  for (const stop of stops) await stop();
});

it.concurrent.each(Object.entries(scenarios))(
  'the model does what nats-server does: %s',
  async (_name, scenario) => {
    const [expected, found] = await Promise.all([scenario(real), scenario(model)]);
    expect(found).toEqual(expected);
  },
);
