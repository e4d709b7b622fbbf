import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { INFERENCE_LIMIT_MS, InferenceClock } from './inference-clock.js';

const require = createRequire(import.meta.url);

export interface WatchedInference {
  readonly memory: SharedArrayBuffer;
  readonly limitMs: number;
  /** For the log. */
  readonly service: string;
}

/**
 * Ends this process, with a word in its log, when an inference of its main thread takes longer than any
 * does: it is started again, and a message that does so to it again is set aside.
 * @returns the clock that inferences are to be timed by
 */
export function watchInference(service: string, limitMs = INFERENCE_LIMIT_MS): InferenceClock {
  const clock = new InferenceClock();
  const workerData: WatchedInference = { memory: clock.memory, limitMs, service };
  const script = require.resolve('@cullstream/inference/inference-watch-thread');
  new Worker(script, { execArgv: [], workerData }).unref();
  return clock;
}
