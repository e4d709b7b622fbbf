import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, MalformedEventError } from '@cullstream/contracts';
import {
  busUsers,
  connectBus,
  consumeEach,
  consumerBacklog,
  consumerSpec,
  createDeadLetterCounter,
  createNkeyPair,
  deleteRun,
  ensureConsumer,
  ensureStreams,
  readLastEvent,
  openProjectClaims,
  openRecords,
  readEventsAfter,
  RUN_RECORDS,
  type Bus,
  type BusUser,
  type ConsumerName,
} from '@cullstream/bus';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { newRun, silent, SOON, toText } from './broker-fixture.js';
import { startGuardedBroker, type GuardedBroker } from './guarded-broker.js';

const anything = { parse: (value: unknown) => value };
const consumers = ['embedder', 'predictor', 'writer'] as const satisfies ConsumerName[];
const toSpec = (name: ConsumerName) => consumerSpec(name, { maxAckPending: 64 });

let folder: string;
let broker: GuardedBroker;
const buses = {} as Record<BusUser, Bus>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cull-users-'));
  broker = await startGuardedBroker(join(folder, 'plain'));
  const provisioner = await broker.connect('provisioner');
  await ensureStreams(provisioner);
  await openRecords(provisioner, RUN_RECORDS, anything);
  for (const name of consumers) await ensureConsumer(provisioner, toSpec(name));
  for (const name of busUsers) {
    buses[name] = name === 'provisioner' ? provisioner : await broker.connect(name);
  }
});

afterAll(async () => {
  await broker.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What each stage publishes, by the user that publishes it. */
const outputs = {
  extractor: (run: string) => `cull.images.${run}.p`,
  embedder: (run: string) => `cull.embeddings.${run}.p`,
  predictor: (run: string) => `cull.predictions.${run}.p`,
  writer: (run: string) => `cull.results.${run}.p.project_2Ecompleted`,
} as const satisfies Partial<Record<BusUser, (run: string) => string>>;
type Publishing = keyof typeof outputs;

async function store(user: Publishing, run: string, text: string): Promise<void> {
  await buses[user].publisher().publish(outputs[user](run), Buffer.from(text), {
    id: `${user}/${run}/${text}`,
  });
}

describe('every user does its work', () => {
  it.each([
    ['extractor', 'embedder'],
    ['embedder', 'predictor'],
    ['predictor', 'writer'],
  ] as const)('%s publishes, %s consumes and buries what is malformed', async (from, to) => {
    const run = newRun();
    const taken: string[] = [];
    const consumption = await consumeEach(
      buses[to],
      toSpec(to),
      { maxInFlight: 4, workingEveryMs: 50 },
      ({ data }) => {
        taken.push(toText(data));
        const isBad = toText(data) === `${run} bad`;
        return isBad ? Promise.reject(new MalformedEventError('bad')) : Promise.resolve();
      },
    );
    await store(from, run, `${run} good`);
    await store(from, run, `${run} bad`);
    const letters = createDeadLetterCounter(buses.reporter);
    await vi.waitFor(async () => {
      expect(taken).toEqual(expect.arrayContaining([`${run} good`, `${run} bad`]));
      expect(await letters.count(run)).toBe(1);
      expect(await consumerBacklog(buses.reporter, toSpec(to))).toMatchObject({
        pending: 0,
        ackPending: 0,
      });
    }, SOON);
    await consumption.stop();
  });

  it('the extractor reads where it stopped', async () => {
    const run = newRun();
    await store('extractor', run, 'last');
    const last = await readLastEvent(buses.extractor, 'IMAGES', outputs.extractor(run));
    expect(last && toText(last.data)).toBe('last');
  });

  it('extractors agree on projects, and nobody else does', async () => {
    const place = { run: newRun(), project: 'p' };
    const claims = await openProjectClaims(buses.extractor);
    const revision = await claims?.replace(place, { state: 'held', by: 'one' }, 0);
    expect(await claims?.read(place)).toEqual({ state: 'held', by: 'one', revision });
    expect(await claims?.replace(place, { state: 'held', by: 'other' }, 0)).toBeUndefined();
    expect(await openProjectClaims(buses.writer)).toBeUndefined();
  });

  it('the reporter reads results and tells the operator where a run stands', async () => {
    const run = newRun();
    await store('writer', run, 'done');
    const read: string[] = [];
    await readEventsAfter(
      buses.reporter,
      { stream: 'RESULTS', filter: `cull.results.${run}.>`, afterSequence: 0 },
      ({ data }) => void read.push(toText(data)),
    );
    expect(read).toEqual(['done']);
    const heard = new Promise<string>((resolve) => {
      buses.operator.connection.subscribe('cull.status.*', {
        max: 1,
        callback: (_error, message) => resolve(message.string()),
      });
    });
    await buses.operator.connection.flush();
    buses.reporter.connection.publish(`cull.status.${run}`, 'half');
    expect(await heard).toBe('half');
  });

  it.each(['extractor', 'reporter', 'operator'] as const)('%s keeps run records', async (user) => {
    const run = newRun();
    const records = await openRecords(buses[user], RUN_RECORDS, anything);
    await records.put(run, { state: 'running' });
    expect(await records.get(run)).toEqual({ state: 'running' });
    expect([...(await records.list()).keys()]).toContain(run);
  });

  it.each(['embedder', 'predictor'] as const)('%s reads run records only', async (user) => {
    const run = newRun();
    await (await openRecords(buses.operator, RUN_RECORDS, anything)).put(run, 1);
    const records = await openRecords(buses[user], RUN_RECORDS, anything);
    expect(await records.get(run)).toBe(1);
    await expect(records.put(run, 2)).rejects.toThrow(/ermission/);
  });

  it('the operator forgets a run', async () => {
    const run = newRun();
    await store('extractor', run, 'old');
    await deleteRun(buses.operator, run);
    expect(await readLastEvent(buses.operator, 'IMAGES', outputs.extractor(run))).toBeUndefined();
  });
});

/** The server does not answer a request that is not allowed, but reports the violation. */
async function expectRefused(user: BusUser, subject: string, payload = '{}'): Promise<void> {
  const { connection } = buses[user];
  await expect(connection.request(subject, payload, { timeout: 5_000 })).rejects.toThrow(
    /ermissions? violation/i,
  );
}

const services = ['extractor', 'embedder', 'predictor', 'writer', 'reporter'] as const;
const API = '$JS.API';

describe('everything else is refused', () => {
  it.each(services.flatMap((user) => others(user).map((owner) => [user, owner] as const)))(
    '%s publishing what is the %s’s to publish',
    (user, owner) => expectRefused(user, outputs[owner]('run'), 'forged'),
  );

  it.each(services)('%s consuming by a consumer of another', async (user) => {
    for (const name of consumers.filter((each) => each !== user)) {
      await expectRefused(user, `${API}.CONSUMER.MSG.NEXT.${toSpec(name).stream}.${name}`);
      await expectRefused(user, `$JS.ACK.${toSpec(name).stream}.${name}.1.1.1.1.0`, '+ACK');
    }
  });

  it.each(services)('%s reading a stream of another', async (user) => {
    const own = { extractor: 'IMAGES', reporter: 'RESULTS' } as Record<string, string>;
    for (const stream of ['IMAGES', 'EMBEDDINGS', 'PREDICTIONS', 'RESULTS']) {
      if (own[user] === stream) continue;
      await expectRefused(user, `${API}.STREAM.MSG.GET.${stream}`, '{"seq":1}');
      await expectRefused(user, `${API}.CONSUMER.CREATE.${stream}`);
    }
  });

  it.each(services)('%s changing, emptying or deleting a stream or consumer', async (user) => {
    for (const stream of ['IMAGES', 'EMBEDDINGS', 'PREDICTIONS', 'RESULTS', 'KV_cull_runs']) {
      await expectRefused(user, `${API}.STREAM.DELETE.${stream}`);
      await expectRefused(user, `${API}.STREAM.PURGE.${stream}`);
      await expectRefused(user, `${API}.STREAM.UPDATE.${stream}`);
      await expectRefused(user, `${API}.STREAM.MSG.DELETE.${stream}`, '{"seq":1}');
    }
    await expectRefused(user, `${API}.STREAM.CREATE.MINE`);
    await expectRefused(user, `${API}.CONSUMER.DELETE.IMAGES.embedder`);
    await expectRefused(user, `${API}.CONSUMER.DURABLE.CREATE.IMAGES.mine`);
  });

  it.each(busUsers)('%s listening to everything, or to another’s inbox', async (user) => {
    const { connection } = buses[user];
    const someone = user === 'writer' ? 'reporter' : 'writer';
    for (const subject of ['>', 'cull.>', '$JS.>', `_INBOX_${someone}.>`, '_INBOX.>']) {
      const subscription = connection.subscribe(subject);
      const ended = (async () => {
        for await (const message of subscription) return message.subject;
        return 'nothing';
      })();
      await expect(ended).rejects.toThrow(/ermissions? violation/i);
    }
  });

  it.each(['provisioner', 'operator'] as const)('%s deleting a stream', (user) =>
    expectRefused(user, `${API}.STREAM.DELETE.IMAGES`),
  );

  it('a stranger: without a key, or with one of its own', async () => {
    const attempt = {
      url: broker.url,
      name: 'stranger',
      log: silent,
      firstConnectTimeoutMs: 5_000,
    };
    await expect(connectBus(attempt)).rejects.toThrow(ConfigurationError);
    const seed = Buffer.from(createNkeyPair().seed);
    await expect(connectBus({ ...attempt, seed })).rejects.toThrow(ConfigurationError);
  });
});

function others(user: BusUser): Publishing[] {
  return (Object.keys(outputs) as Publishing[]).filter((owner) => owner !== user);
}

describe('an encrypted broker', () => {
  it('lets users in who trust its authority, and gives nothing to those who do not', async () => {
    const encrypted = await startGuardedBroker(join(folder, 'tls'), { isEncrypted: true });
    try {
      const bus = await encrypted.connect('provisioner');
      await ensureStreams(bus);
      expect(bus.connection.info?.tls_required).toBe(true);
      const { url } = encrypted;
      const options = { url, name: 'x', log: silent, firstConnectTimeoutMs: 1_000 };
      await expect(connectBus(options)).rejects.toThrow();
    } finally {
      await encrypted.stop();
    }
  });
});
