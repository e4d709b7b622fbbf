import { setImmediate } from 'node:timers/promises';
import { TransientError } from '@cullstream/contracts';
import {
  ConcurrentPublishError,
  connectBus,
  ensureStreams,
  isChained,
  readLastEvent,
  type Bus,
} from '@cullstream/bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  imageSubject,
  newRun,
  numbered,
  publishTexts,
  silent,
  startBrokerFixture,
  useBroker,
  toText,
  type BrokerFixture,
} from './broker-fixture.js';

describe('publishing', () => {
  let bus: Bus;
  const fixture = useBroker(async (connected) => {
    bus = connected;
    await ensureStreams(bus);
  });

  it('stores a message once, however often its id is published', async () => {
    const subject = imageSubject(newRun());
    const publisher = bus.publisher();

    const first = await publisher.publish(subject, Buffer.from('a'), { id: subject });
    const second = await publisher.publish(subject, Buffer.from('a'), { id: subject });

    expect(first).toMatchObject({ stream: 'IMAGES', duplicate: false });
    expect(second).toEqual({ ...first, duplicate: true });
  });

  it('keeps the order of what is sent without waiting', async () => {
    const subject = imageSubject(newRun());

    await publishTexts(bus, subject, numbered(500));

    const last = await readLastEvent(bus, 'IMAGES', subject);
    expect(last && toText(last.data)).toBe('m499');
    expect(last?.id).toBe(`${subject}/m499`);
  });

  it('says which subject no stream takes', async () => {
    const publication = bus.publisher().publish('elsewhere.x', Buffer.from('a'), { id: 'x' });

    await expect(publication).rejects.toThrow('no stream takes elsewhere.x');
  });

  it('hands the failure of what was sent to the next flush', async () => {
    const publisher = bus.publisher();

    await publisher.send('elsewhere.x', Buffer.from('a'), { id: 'x' });

    await expect(publisher.flush()).rejects.toThrow('no stream takes elsewhere.x');
    await expect(publisher.flush()).resolves.toBeUndefined();
  });

  it('never has more in flight than it may', async () => {
    const subject = imageSubject(newRun());
    const publisher = bus.publisher({ maxInFlight: 1 });
    const settled: string[] = [];

    const first = publisher.publish(subject, Buffer.from('a'), { id: `${subject}/a` });
    void first.then(() => settled.push('published a'));
    await publisher.send(subject, Buffer.from('b'), { id: `${subject}/b` });

    await setImmediate();
    expect(settled).toEqual(['published a']);
    await publisher.flush();
  });

  it('fails for now when the connection is closed', async () => {
    const other = await fixture().connect();
    const publisher = other.publisher();
    await other.close();

    const publication = publisher.publish(imageSubject(newRun()), Buffer.from('a'), { id: 'z' });

    await expect(publication).rejects.toBeInstanceOf(TransientError);
  });
});

describe('publishing behind the last message of a subject', () => {
  let bus: Bus;
  const fixture = useBroker(async (connected) => {
    bus = connected;
    await ensureStreams(bus);
  });
  const lastOf = (subject: string) => readLastEvent(bus, 'IMAGES', subject);

  it('stores all in order, and each message says so', async () => {
    const subject = imageSubject(newRun());
    const publisher = bus.publisher({ after: 0 });
    for (const text of numbered(50)) {
      await publisher.send(subject, Buffer.from(text), { id: `${subject}/${text}` });
    }
    await publisher.flush();
    const last = await lastOf(subject);
    expect(last && toText(last.data)).toBe('m49');
    expect(last && isChained(last)).toBe(true);
  });

  it('stores nothing more once somebody else has published', async () => {
    const subject = imageSubject(newRun());
    const publisher = bus.publisher({ after: 0 });
    await publisher.publish(subject, Buffer.from('mine'), { id: `${subject}/mine` });
    await publishTexts(await fixture().connect(), subject, ['theirs']);

    const late = publisher.publish(subject, Buffer.from('late'), { id: `${subject}/late` });
    await expect(late).rejects.toThrow(ConcurrentPublishError);
    const later = publisher.publish(subject, Buffer.from('later'), { id: `${subject}/later` });
    await expect(later).rejects.toThrow(ConcurrentPublishError);
    const last = await lastOf(subject);
    expect(last && toText(last.data)).toBe('theirs');
    expect(last && isChained(last)).toBe(false);
  });

  it('goes on behind a message that is stored already, as when its answer was lost', async () => {
    const subject = imageSubject(newRun());
    const message = [subject, Buffer.from('a'), { id: `${subject}/a` }] as const;
    const { sequence } = await bus.publisher({ after: 0 }).publish(...message);

    const again = bus.publisher({ after: 0 });
    await expect(again.publish(...message)).resolves.toMatchObject({ sequence, duplicate: true });
    await again.publish(subject, Buffer.from('b'), { id: `${subject}/b` });
    const last = await lastOf(subject);
    expect(last && toText(last.data)).toBe('b');
  });
});

describe('connecting', () => {
  let fixture: BrokerFixture;
  beforeAll(async () => {
    fixture = await startBrokerFixture();
  });
  afterAll(() => fixture.stop());

  it('gives up on wrong credentials at once', async () => {
    const connection = connectBus({
      url: fixture.broker.url,
      credentials: { user: 'cullstream', password: 'wrong' },
      name: 'test',
      log: silent,
    });

    await expect(connection).rejects.toThrow('refused the credentials');
  });

  it('gives up on a server that is not there after the timeout', async () => {
    const connection = connectBus({
      url: 'nats://127.0.0.1:1',
      name: 'test',
      log: silent,
      firstConnectTimeoutMs: 200,
    });

    await expect(connection).rejects.toThrow('no connection to nats://127.0.0.1:1 within 0.2 s');
  });

  it('settles `closed` without a reason when drained', async () => {
    const bus = await fixture.connect();

    await bus.drain();

    await expect(bus.closed).resolves.toBeUndefined();
  });
});
