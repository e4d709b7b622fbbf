import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { INFERENCE_LIMIT_MS, InferenceClock } from './inference-clock.js';

const require = createRequire(import.meta.url);

export interface WatchedInference {
  readonly memory: SharedArrayBuffer;
  readonly limitMs: number;
  /** Name of the service, for the log. */
  readonly service: string;
}

/**
 * Ends this process, with a line in its log, when an inference in its main thread exceeds the time
 * limit. The process is then started again, and a message that ends it repeatedly becomes a dead
 * letter.
 * @returns the clock that inferences must be timed with
 */
export function watchInference(service: string, limitMs = INFERENCE_LIMIT_MS): InferenceClock {
  const clock = new InferenceClock();
  const workerData: WatchedInference = { memory: clock.memory, limitMs, service };
  const script = require.resolve('@cullstream/inference/inference-watch-thread');
  new Worker(script, { execArgv: [], workerData }).unref();
  return clock;
}
