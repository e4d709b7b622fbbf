import { fork, type ChildProcess } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setUpBroker } from '@cullstream/broker';
import { connectBus, ensureWriterConsumers, type Bus } from '@cullstream/bus';
import { toSubject, type ImagePredicted } from '@cullstream/contracts';
import { silentLog, startTestBroker, waitFor } from '@cullstream/testing';
import { makeManyPredictedEvents, publishPredictions } from '../corpus/many-predicted-events.js';
import { RUN_OF_EVENTS } from '../corpus/predicted-event.js';
import { readCpuSeconds } from '../measure/cpu-seconds.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const PROJECTS = 24;
const IMAGES = PROJECTS * 4_000;
const COUNTS = [1, 2, 3] as const;
const NAMES = { 1: 'one_writer', 2: 'two_writers', 3: 'three_writers' } as const;
const ACK_WAIT = { ackWaitMs: 60_000 };
const PATIENCE = { timeoutMs: 300_000, intervalMs: 20 };
const main = fileURLToPath(new URL('../../../apps/writer/build/main.js', import.meta.url));

interface Result {
  readonly imagesPerSecond: number;
  /** Processor time of all writers together for an image. */
  readonly msPerImage: number;
}

/** One, two and three deployed writers, which share the projects that wait for them at a broker. */
export async function sharing(bench: Bench): Promise<Measurement[]> {
  const events = await makeManyPredictedEvents(bench.corpus, IMAGES, PROJECTS);
  const results = { 1: [], 2: [], 3: [] } as Record<(typeof COUNTS)[number], Result[]>;
  for (let round = 0; round < bench.rounds; round++) {
    for (const count of COUNTS) {
      const result = await write(bench, events, count);
      results[count].push(result);
      const { imagesPerSecond, msPerImage } = result;
      bench.note(
        `writers, round ${round + 1}: ${count} write ${imagesPerSecond.toFixed(0)} images/s, ` +
          `${msPerImage.toFixed(3)} ms of processors an image`,
      );
    }
  }
  const rates = (count: (typeof COUNTS)[number]) =>
    results[count].map(({ imagesPerSecond }) => imagesPerSecond);
  const costs = (count: (typeof COUNTS)[number]) =>
    results[count].map(({ msPerImage }) => msPerImage);
  return [
    ...COUNTS.map((count): Measurement => ({
      name: `${NAMES[count]}_images_per_second`,
      unit: 'images/s',
      spread: toSpread(rates(count)),
    })),
    { name: 'two_writers_vs_one', unit: 'ratio', spread: toRatio(rates(2), rates(1)) },
    { name: 'three_writers_vs_one', unit: 'ratio', spread: toRatio(rates(3), rates(1)) },
    ...COUNTS.map((count): Measurement => ({
      name: `${NAMES[count]}_ms_per_image`,
      unit: 'ms',
      spread: toSpread(costs(count)),
    })),
  ];
}

async function write(
  { scratch }: Bench,
  events: readonly ImagePredicted[],
  count: number,
): Promise<Result> {
  const data = join(scratch, 'writers');
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data);
  const broker = await startTestBroker({ env: process.env });
  const { url, credentials } = broker;
  const bus = await connectBus({ url, credentials, name: 'bench', log: silentLog });
  const writers: ChildProcess[] = [];
  try {
    await setUpBroker(bus);
    await ensureWriterConsumers(bus, count, ACK_WAIT);
    const variables = {
      CULL_NATS_URL: url,
      CULL_NATS_USER: credentials.user,
      CULL_NATS_PASSWORD: credentials.password,
      CULL_DATA: data,
    };
    let log = '';
    for (let at = 0; at < count; at++) {
      const env = { ...process.env, ...variables };
      const writer = fork(main, { execArgv: [], env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
      writer.stderr?.on('data', (chunk: Buffer) => (log += chunk.toString()));
      writers.push(writer);
    }
    // Each has one partition: all of them, where there is one writer.
    const isShared = () => new Set(log.match(/"partitions":\[\d\]/g)).size === count;
    await waitFor(isShared, { what: 'writers that share the projects', ...PATIENCE });
    for (const writer of writers) writer.kill('SIGSTOP');
    await publishPredictions(bus, events);
    return await measure(bus, writers);
  } finally {
    for (const writer of writers) writer.kill('SIGKILL');
    await bus.close();
    await broker.stop();
  }
}

/** Lets the writers go on, and waits until every project is complete. */
async function measure(bus: Bus, writers: readonly ChildProcess[]): Promise<Result> {
  let completed = 0;
  const subject = toSubject('results', RUN_OF_EVENTS, 'p', 'project.completed').replace(
    '.p.',
    '.*.',
  );
  bus.connection.subscribe(subject, { callback: () => void (completed += 1) });
  await bus.connection.flush();
  const pids = writers.map(({ pid }) => pid ?? 0);
  const before = readCpuSeconds(pids);
  const startedMs = performance.now();
  for (const writer of writers) writer.kill('SIGCONT');
  await waitFor(() => completed >= PROJECTS, { what: 'every project', ...PATIENCE });
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpuSeconds = readCpuSeconds(pids) - before;
  return { imagesPerSecond: IMAGES / seconds, msPerImage: (cpuSeconds * 1_000) / IMAGES };
}
