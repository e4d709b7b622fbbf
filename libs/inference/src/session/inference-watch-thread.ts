import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { InferenceClock } from './inference-clock.js';
import type { WatchedInference } from './watch-inference.js';

const FATAL = 60;
const STDERR = 2;

const { memory, limitMs, service } = workerData as WatchedInference;
const clock = new InferenceClock(memory);
setInterval(
  () => {
    if (clock.runningMs <= limitMs) return;
    const msg = `an inference took more than ${limitMs / 1_000} s: this process is ended`;
    const line = { level: FATAL, time: Date.now(), name: service, msg };
    writeSync(STDERR, `${JSON.stringify(line)}\n`);
    // No weaker signal ends a thread during an inference.
    process.kill(process.pid, 'SIGKILL');
  },
  Math.min(limitMs / 4, 5_000),
);
