import {
  consumeBatches,
  consumerBacklog,
  consumerSpec,
  deleteDeadLetter,
  deleteRun,
  extractorRef,
  ensureConsumer,
  ensureReplicas,
  ensureStreams,
  readLastEvent,
  listDeadLetters,
  openProjectClaims,
  openUnfinishedAttempts,
  readAllEvents,
  reconcileAdvisories,
  type Bus,
} from '@cullstream/bus';
import { MalformedEventError } from '@cullstream/contracts';
import { describe, expect, it, vi } from 'vitest';
import {
  imageSubject,
  newRun,
  numbered,
  publishTexts,
  startBrokerFixture,
  useBroker,
  toText,
  withConsumer,
} from './broker-fixture.js';

const SOON = { timeout: 30_000, interval: 20 };

describe('streams and consumers on a real server', () => {
  let bus: Bus;
  const fixture = useBroker(async (connected) => {
    bus = connected;
    await ensureStreams(bus);
  });

  async function textsIn(stream: string, filter: string, fromSequence = 1): Promise<string[]> {
    const texts: string[] = [];
    await readAllEvents(bus, { stream, filter, fromSequence }, ({ data }) => {
      texts.push(toText(data));
    });
    return texts;
  }

  it('are kept by one server where there is no cluster, and more are refused', async () => {
    await ensureReplicas(bus, 1);

    await expect(ensureReplicas(bus, 3)).rejects.toThrow(
      /‹replicas=3›: this broker has no 3 servers .*it is not in a cluster.*: give the addresses of a cluster/,
    );
  });

  it('can be ensured by many at once, and again', async () => {
    const buses = await Promise.all([
      fixture().connect(),
      fixture().connect(),
      fixture().connect(),
    ]);

    await Promise.all(buses.map(ensureStreams));

    const names = (await bus.manager.streams.names().next()).sort();
    expect(names).toEqual([
      'ADVISORIES',
      'DEAD',
      'EMBEDDINGS',
      'IMAGES',
      'KV_cull_attempts',
      'KV_cull_claims',
      'PREDICTIONS',
      'RESULTS',
    ]);
  });

  it('brings a stream back to its settings without losing messages', async () => {
    const subject = imageSubject(newRun());
    await publishTexts(bus, subject, ['kept']);
    await bus.manager.streams.update('IMAGES', { max_age: 3_600_000_000_000 });

    await ensureStreams(bus);

    expect((await bus.manager.streams.info('IMAGES')).config.max_age).toBe(0);
    expect(await textsIn('IMAGES', subject)).toEqual(['kept']);
  });

  it('updates a consumer in place when its settings change', async () => {
    const run = newRun();
    const spec = await withConsumer(bus, consumerSpec('embedder', { run, maxAckPending: 8 }));
    const { created } = await bus.manager.consumers.info(spec.stream, spec.durable);

    await ensureConsumer(bus, spec);
    await ensureConsumer(bus, { ...spec, maxAckPending: 32 });

    const info = await bus.manager.consumers.info(spec.stream, spec.durable);
    expect(info.config.max_ack_pending).toBe(32);
    expect(info.created).toBe(created);
  });

  it('gives the consumer of one run that run alone, and the one of all runs everything', async () => {
    const [one, two] = [newRun(), newRun()];
    await publishTexts(bus, `cull.embeddings.${one}.p`, ['a', 'b']);
    await publishTexts(bus, `cull.embeddings.${two}.p`, ['c']);

    const ofOne = consumerSpec('predictor', { run: one, maxAckPending: 8 });
    const ofAll = consumerSpec('predictor', { maxAckPending: 8 });
    await withConsumer(bus, ofOne);
    await withConsumer(bus, ofAll);

    expect((await consumerBacklog(bus, ofOne)).pending).toBe(2);
    expect((await consumerBacklog(bus, ofAll)).pending).toBe(3);
  });

  it('keeps the last result of each project and type', async () => {
    const run = newRun();
    const subject = (type: string) => `cull.results.${run}.p.${type}`;

    await publishTexts(bus, subject('progress'), ['1', '2', '3']);
    await publishTexts(bus, subject('completed'), ['done']);

    expect(await textsIn('RESULTS', `cull.results.${run}.>`)).toEqual(['3', 'done']);
  });

  it('reads a stream in order from a sequence to its present end', async () => {
    const subject = imageSubject(newRun());
    await publishTexts(bus, subject, numbered(1_200));
    const last = await readLastEvent(bus, 'IMAGES', subject);

    expect(await textsIn('IMAGES', subject)).toEqual(numbered(1_200));
    expect(await textsIn('IMAGES', subject, (last?.sequence ?? 0) - 1)).toEqual(['m1198', 'm1199']);
    expect(await textsIn('IMAGES', subject, (last?.sequence ?? 0) + 1)).toEqual([]);
  });

  it('knows no last message of a subject that was never used', async () => {
    expect(await readLastEvent(bus, 'IMAGES', imageSubject(newRun()))).toBeUndefined();
  });

  it('forgets one run and leaves the others', async () => {
    const [gone, stays] = [newRun(), newRun()];
    const specs = [gone, stays].map((run) => consumerSpec('embedder', { run, maxAckPending: 8 }));
    for (const [index, run] of [gone, stays].entries()) {
      const spec = specs[index];
      if (spec) await withConsumer(bus, spec);
      await publishTexts(bus, imageSubject(run), ['x', 'y']);
    }
    const [goneSpec, staysSpec] = specs;
    if (!goneSpec || !staysSpec) throw new Error('two runs are needed');
    const consumption = await consumeBatches(bus, goneSpec, { maxBatch: 2, lingerMs: 0 }, () =>
      Promise.reject(new MalformedEventError('no event')),
    );
    await vi.waitFor(async () => expect(await listDeadLetters(bus)).toHaveLength(2), SOON);
    await consumption.stop();

    const attempts = await openUnfinishedAttempts(bus);
    await attempts.record(goneSpec, { streamSequence: 1, part: 0 }, 1);
    await attempts.clear(goneSpec, { streamSequence: 1, part: 0 });
    await attempts.record(extractorRef, { run: gone, project: 'p' }, 1);
    await attempts.record(extractorRef, { run: stays, project: 'p' }, 1);
    const claims = await openProjectClaims(bus);
    for (const run of [gone, stays]) {
      await claims?.replace({ run, project: 'p' }, { state: 'done', by: 'one' }, 0);
    }

    await deleteRun(bus, gone);
    await deleteRun(bus, gone);

    const { state } = await bus.manager.streams.info('KV_cull_attempts');
    expect(state.messages, 'attempts, and markers of deleted ones').toBe(1);
    expect(await attempts.count(extractorRef, { run: stays, project: 'p' })).toBe(1);
    expect(await claims?.read({ run: gone, project: 'p' })).toBeUndefined();
    expect(await claims?.read({ run: stays, project: 'p' })).toMatchObject({ state: 'done' });
    expect(await textsIn('IMAGES', imageSubject(gone))).toEqual([]);
    expect(await textsIn('IMAGES', imageSubject(stays))).toEqual(['x', 'y']);
    expect(await listDeadLetters(bus)).toEqual([]);
    await expect(consumerBacklog(bus, goneSpec)).rejects.toThrow('consumer not found');
    expect((await consumerBacklog(bus, staysSpec)).pending).toBe(2);
  });

  it('forgets one run, and what waits of others for a consumer of all runs is handed out all the same', async () => {
    const [taken, gone, waits] = [newRun(), newRun(), newRun()];
    const durable = `all_${gone}`;
    await bus.manager.consumers.add('IMAGES', {
      durable_name: durable,
      filter_subject: 'cull.images.>',
      deliver_policy: 'new',
      ack_policy: 'explicit',
      ack_wait: 500_000_000,
    });
    await publishTexts(bus, imageSubject(taken), ['taken']);
    await publishTexts(bus, imageSubject(gone), ['x', 'y']);
    await publishTexts(bus, imageSubject(waits), ['waits']);
    await publishTexts(bus, imageSubject(gone), ['z']);
    const consumer = await bus.jetstream.consumers.get('IMAGES', durable);
    const take = async () => {
      const messages = await consumer.fetch({ max_messages: 2, expires: 10_000 });
      const texts: string[] = [];
      for await (const message of messages) texts.push(toText(message.data));
      return texts.sort();
    };
    expect(await take()).toEqual(['taken', 'x']);

    await deleteRun(bus, gone);

    expect(await textsIn('IMAGES', imageSubject(gone))).toEqual([]);
    expect(await take()).toEqual(['taken', 'waits']);
    await bus.manager.consumers.delete('IMAGES', durable);
  });

  it('turns used-up deliveries of a foreign consumer into dead letters, once', async () => {
    const run = newRun();
    const subject = imageSubject(run);
    await publishTexts(bus, subject, ['stuck']);
    const foreign = { stream: 'IMAGES', durable: `foreign_${run}` };
    await bus.manager.consumers.add('IMAGES', {
      durable_name: foreign.durable,
      filter_subject: subject,
      ack_policy: 'explicit',
      max_deliver: 1,
      ack_wait: 100_000_000,
    });
    const consumer = await bus.jetstream.consumers.get('IMAGES', foreign.durable);
    const messages = await consumer.consume({ max_messages: 2, callback: () => undefined });
    await vi.waitFor(async () => {
      expect(await readLastEvent(bus, 'ADVISORIES', '$JS.EVENT.>')).toBeDefined();
    }, SOON);
    await messages.close();

    expect(await reconcileAdvisories(bus)).toBe(1);
    expect(await reconcileAdvisories(bus)).toBe(0);

    const letters = await listDeadLetters(bus);
    expect(letters).toMatchObject([
      { subject, consumer: foreign.durable, reason: 'max-deliveries', data: Buffer.from('stuck') },
    ]);
    expect(await deleteDeadLetter(bus, letters[0]?.letterSequence ?? 0)).toBe(true);
    expect(await deleteDeadLetter(bus, letters[0]?.letterSequence ?? 0)).toBe(false);
  });
});

it('a broker where nobody has worked yet has no dead letters', async () => {
  const fixture = await startBrokerFixture();
  const bus = await fixture.connect();
  expect(await reconcileAdvisories(bus)).toBe(0);
  expect(await listDeadLetters(bus)).toEqual([]);
  await fixture.stop();
});
