import { setUpBroker } from '@cullstream/broker';
import { connectBus, consumeBatches, consumerSpec, ensureConsumer } from '@cullstream/bus';
import type { ImagePredicted } from '@cullstream/contracts';
import { silentLog, startTestBroker, waitFor } from '@cullstream/testing';
import { makeManyPredictedEvents, publishPredictions } from '../corpus/many-predicted-events.js';
import { readCpuSeconds } from '../measure/cpu-seconds.js';
import { toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const IMAGES = 96_000;
const PROJECTS = 24;
const BATCH = { maxBatch: 500, lingerMs: 0 };
const PATIENCE = { timeoutMs: 300_000, intervalMs: 20 };

interface Rates {
  readonly stored: number;
  readonly delivered: number;
  /** Processor time of the broker for an image, stored and delivered once, in milliseconds. */
  readonly msPerImage: number;
}

/**
 * The broker alone, with one stream: a connection publishes the predictions of images, and then a
 * consumer takes and acknowledges them, and does nothing with them. What the connection itself costs
 * is included, so the broker can do no less.
 */
export async function brokerAlone(bench: Bench): Promise<Measurement[]> {
  const events = await makeManyPredictedEvents(bench.corpus, IMAGES, PROJECTS);
  const rounds: Rates[] = [];
  for (let round = 0; round < bench.rounds; round++) {
    const rates = await measure(events);
    rounds.push(rates);
    bench.note(
      `broker, round ${round + 1}: ${rates.stored.toFixed(0)} images/s stored, ` +
        `${rates.delivered.toFixed(0)} delivered, ${rates.msPerImage.toFixed(3)} ms an image`,
    );
  }
  const of = (key: keyof Rates) => toSpread(rounds.map((rates) => rates[key]));
  return [
    { name: 'broker_stores_images_per_second', unit: 'images/s', spread: of('stored') },
    { name: 'broker_delivers_images_per_second', unit: 'images/s', spread: of('delivered') },
    { name: 'broker_ms_per_image', unit: 'ms', spread: of('msPerImage') },
  ];
}

async function measure(events: readonly ImagePredicted[]): Promise<Rates> {
  const broker = await startTestBroker({ env: process.env });
  const { url, credentials, pid } = broker;
  const bus = await connectBus({ url, credentials, name: 'bench', log: silentLog });
  try {
    await setUpBroker(bus);
    const spec = consumerSpec('writer');
    await ensureConsumer(bus, spec);
    const before = readCpuSeconds([pid]);
    const startedMs = performance.now();
    await publishPredictions(bus, events);
    const storedMs = performance.now();
    let delivered = 0;
    const consumption = await consumeBatches(bus, spec, BATCH, (deliveries) => {
      delivered += deliveries.length;
      return Promise.resolve(deliveries.map(() => undefined));
    });
    await waitFor(() => delivered >= events.length, { what: 'every image', ...PATIENCE });
    const endedMs = performance.now();
    const cpuSeconds = readCpuSeconds([pid]) - before;
    await consumption.stop();
    return {
      stored: (events.length * 1_000) / (storedMs - startedMs),
      delivered: (events.length * 1_000) / (endedMs - storedMs),
      msPerImage: (cpuSeconds * 1_000) / events.length,
    };
  } finally {
    await bus.close();
    await broker.stop();
  }
}
