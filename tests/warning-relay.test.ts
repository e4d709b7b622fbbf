import { connectBus, type Bus } from '@cullstream/bus';
import { type EmbeddedBroker } from '@cullstream/broker';
import { warningSubject, type ServiceWarning } from '@cullstream/contracts';
import { silentLog, startTestBroker } from '@cullstream/testing';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createWarningRelay } from '../libs/runtime/src/warning-relay.js';

const WARNINGS = 40;

let broker: EmbeddedBroker;
let bus: Bus;

beforeAll(async () => {
  broker = await startTestBroker({ env: process.env });
  const { url, credentials } = broker;
  bus = await connectBus({ url, credentials, name: 'test', log: silentLog });
});
afterAll(async () => {
  await bus.close();
  await broker.stop();
});

it('keeps what is warned of, however much at once, for a reporter that comes later', async () => {
  const relay = createWarningRelay('writer');
  relay.connect(bus);
  const texts = Array.from({ length: WARNINGS }, (_unused, index) => `warning ${index}`);
  for (const text of texts) {
    relay.take({ text });
    // Each try is answered, with nobody there to hear it, before the next warning.
    await bus.connection.flush();
    await bus.connection.flush();
  }
  const heard: string[] = [];
  bus.connection.subscribe(warningSubject('writer'), {
    callback: (_error, message) => {
      heard.push(message.json<ServiceWarning>().text);
      message.respond();
    },
  });
  await vi.waitFor(() => expect(heard).toEqual(texts), 5_000);
});

it('says when it is told, so that what comes of it is not published before', async () => {
  const relay = createWarningRelay('predictor');
  expect(relay.told()).toBeUndefined();
  relay.connect(bus);
  const heard: string[] = [];
  const subscription = bus.connection.subscribe(warningSubject('predictor'), {
    callback: (_error, message) => {
      heard.push(message.json<ServiceWarning>().text);
      message.respond();
    },
  });
  relay.take({ text: 'a vector is damaged' });
  await relay.told();
  expect(heard).toEqual(['a vector is damaged']);
  subscription.unsubscribe();
});

it('holds back for a while, and no longer, where nobody follows a run', async () => {
  const relay = createWarningRelay('extractor');
  relay.connect(bus);
  relay.take({ text: 'nobody hears it' });
  const told = relay.told();
  expect(told).toBeDefined();
  await told;
  expect(relay.told()).toBeUndefined();
});
