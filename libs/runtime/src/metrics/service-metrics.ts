import { totalmem } from 'node:os';
import type { Delivery, Disposition } from '@cullstream/bus';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * The steps that are timed. The bytes that are counted are, for `read`, those in the source; for `inflate`,
 * the inflated ones; for `hash` and `decode`, the encoded image; for `resample`, its pixels; for `infer`, the
 * input of the model; for `publish` and `commit`, the encoded events.
 */
export type TimedStage =
  | 'list'
  | 'read'
  | 'inflate'
  | 'hash'
  | 'decode'
  | 'resample'
  | 'infer'
  | 'publish'
  | 'commit';

/** The messages that a consumer has not acknowledged. */
export interface Backlog {
  readonly pending: number;
  readonly ackPending: number;
}

/** What is left of a run, and how fast it is worked on. */
export interface RunRemainder {
  /** Images left by the service that has still to handle them: those without an embedding, and all. */
  readonly images: Readonly<Record<'embedder' | 'writer', number>>;
  readonly imagesPerSecond: number;
}

/** The metrics of a service. They are always recorded, which costs hardly any time. */
export interface ServiceMetrics {
  /** States what is left of a run: what embedders can be scaled by. */
  setRemainder(run: string, remainder: RunRemainder): void;
  /** The run is not worked on any more: its metrics disappear. */
  removeRemainder(run: string): void;
  /** Images that left the service: `computed`, `cached`, `failed`, `predicted`, `stored`, … */
  countImages(outcome: string, count?: number): void;
  /** A run that was reported to its end. */
  countRuns(): void;
  /**
   * Measures an asynchronous step, also if it fails.
   * @param toBytesCounter returns the number of bytes for the outcome
   */
  time<T>(
    stage: TimedStage,
    work: () => Promise<T>,
    toBytesCounter?: (outcome: T) => number,
  ): Promise<T>;
  observe(stage: TimedStage, seconds: number, bytes?: number): void;
  observeBatch(images: number): void;
  /** Counts how deliveries ended: acknowledged, redelivered or dead. For `onSettled` of a consumption. */
  readonly settled: (decided: Disposition, delivery: Delivery) => void;
  /** `read` is called whenever the metrics are read. */
  watchBacklog(consumer: string, read: () => Promise<Backlog>): void;
  /** `isReady` is called whenever the metrics are read. */
  watchReadiness(isReady: () => Promise<boolean>): void;
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Bounds of the histogram's buckets, from half a millisecond to a minute. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60];
const BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

export interface MetricsOptions {
  /**
   * Adds memory, event-loop delay, garbage collection and processor time. These are sampled all the time, so
   * they are only switched on if the metrics are served.
   */
  readonly withProcess?: boolean;
  /** Memory limit of the container. Default: that of this process. */
  readonly memoryLimitBytes?: number;
}

/** The metrics of one process, in a registry of their own. */
export function createServiceMetrics(
  service: string,
  { withProcess = false, memoryLimitBytes }: MetricsOptions = {},
): ServiceMetrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  if (withProcess) {
    collectDefaultMetrics({ register: registry });
    tellMemoryLimit(registry, memoryLimitBytes ?? process.constrainedMemory());
  }
  const registers = [registry];
  const images = new Counter({
    name: 'cullstream_images_total',
    help: 'Images by what became of them in this service',
    labelNames: ['outcome'],
    registers,
  });
  const runs = new Counter({
    name: 'cullstream_runs_completed_total',
    help: 'Runs this process reported to their end',
    registers,
  });
  const stages = new Histogram({
    name: 'cullstream_stage_seconds',
    help: 'Duration of a stage, of one image or of one batch where the stage works in batches',
    labelNames: ['stage'],
    buckets: SECONDS,
    registers,
  });
  const bytesOfStages = new Counter({
    name: 'cullstream_stage_bytes_total',
    help: 'Bytes a stage worked on',
    labelNames: ['stage'],
    registers,
  });
  const batches = new Histogram({
    name: 'cullstream_batch_images',
    help: 'Images handled together',
    buckets: BATCHES,
    registers,
  });
  const deliveries = new Counter({
    name: 'cullstream_deliveries_total',
    help: 'Settled deliveries: ack, nak (to be delivered again) or dead',
    labelNames: ['settled'],
    registers,
  });
  const redeliveries = new Counter({
    name: 'cullstream_redeliveries_total',
    help: 'Deliveries that were not the first of their message',
    registers,
  });
  const deadLetters = new Counter({
    name: 'cullstream_dead_letters_total',
    help: 'Messages this process gave up',
    registers,
  });
  const remaining = new Gauge({
    name: 'cullstream_images_remaining',
    help: 'Images of unfinished runs that the service has still to handle; none while a run is paused',
    labelNames: ['run', 'stage'],
    registers,
  });
  const rates = new Gauge({
    name: 'cullstream_images_per_second',
    help: 'Images of a run that are stored in a second',
    labelNames: ['run'],
    registers,
  });
  // These are used several times for each image, so each label is looked up only once.
  const toImagesCounter = once((outcome: string) => images.labels(outcome));
  const toStageHistogram = once((stage: TimedStage) => stages.labels(stage));
  const toBytesCounter = once((stage: TimedStage) => bytesOfStages.labels(stage));
  const toDeliveriesCounter = once((settled: Disposition['kind']) => deliveries.labels(settled));
  return {
    setRemainder(run, { images, imagesPerSecond }) {
      for (const stage of ['embedder', 'writer'] as const) {
        remaining.set({ run, stage }, images[stage]);
      }
      rates.set({ run }, imagesPerSecond);
    },
    removeRemainder(run) {
      for (const stage of ['embedder', 'writer']) remaining.remove({ run, stage });
      rates.remove({ run });
    },
    countImages: (outcome, count = 1) => toImagesCounter(outcome).inc(count),
    countRuns: () => runs.inc(),
    observe(stage, seconds, bytes = 0) {
      toStageHistogram(stage).observe(seconds);
      if (bytes > 0) toBytesCounter(stage).inc(bytes);
    },
    observeBatch: (count) => batches.observe(count),
    async time(stage, work, bytesOfOutcome) {
      const startedMs = performance.now();
      try {
        const outcome = await work();
        if (bytesOfOutcome !== undefined) toBytesCounter(stage).inc(bytesOfOutcome(outcome));
        return outcome;
      } finally {
        toStageHistogram(stage).observe((performance.now() - startedMs) / 1_000);
      }
    },
    settled({ kind }, { deliveryCount }) {
      toDeliveriesCounter(kind).inc();
      if (deliveryCount > 1) redeliveries.inc();
      if (kind === 'dead') deadLetters.inc();
    },
    watchBacklog: (consumer, read) => watchBacklog(registry, consumer, read),
    watchReadiness: (isReady) => watchReadiness(registry, isReady),
    expose: async () => ({ contentType: registry.contentType, text: await registry.metrics() }),
  };
}

function once<K, V>(make: (key: K) => V): (key: K) => V {
  const made = new Map<K, V>();
  return (key) => {
    let value = made.get(key);
    if (value === undefined) {
      value = make(key);
      made.set(key, value);
    }
    return value;
  };
}

function watchBacklog(registry: Registry, consumer: string, read: () => Promise<Backlog>): void {
  const lag = new Gauge({
    name: 'cullstream_consumer_lag_messages',
    help: 'Messages the consumer has still to do: waiting (never delivered) or held (not settled)',
    labelNames: ['consumer', 'state'],
    registers: [registry],
    async collect() {
      try {
        const { pending, ackPending } = await read();
        lag.set({ consumer, state: 'waiting' }, pending);
        lag.set({ consumer, state: 'held' }, ackPending);
      } catch {
        // While the broker is away the number is unknown, which is not the same as zero.
        lag.reset();
      }
    },
  });
}

function watchReadiness(registry: Registry, isReady: () => Promise<boolean>): void {
  const ready = new Gauge({
    name: 'cullstream_ready',
    help: '1 while the service can do its work, as /readyz says, else 0',
    registers: [registry],
    async collect() {
      ready.set((await isReady()) ? 1 : 0);
    },
  });
}

/** Adds the metric of the memory limit, if there is a limit. */
function tellMemoryLimit(registry: Registry, limitBytes: number): void {
  // Without a limit some systems report a number that is larger than any machine's memory.
  if (!(limitBytes > 0 && limitBytes <= totalmem())) return;
  new Gauge({
    name: 'cullstream_memory_limit_bytes',
    help: 'Memory that the process may use, where it is limited',
    registers: [registry],
  }).set(limitBytes);
}
