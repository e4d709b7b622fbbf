import { writeSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { constrainedMemory } from 'node:process';
import { Worker } from 'node:worker_threads';
import { mlpShapes } from '../onnx/build-mlp.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { createClipEncoder } from '../session/clip-encoder.js';
import { createMlpModel } from '../session/mlp-model.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import type { TrialMessage, TrialModel, TrialOutcome, TrialTask } from './try-in-process.js';

/** Number of inputs of each kind: one uniform and one random. */
const INPUTS = 2;
/** Share of the memory of the machine or container. The rest is left for other processes. */
const SHARE_OF_MEMORY = 0.8;

/** @returns what runs it once */
async function load({ kind, onnx }: TrialModel): Promise<() => Promise<Float32Array>> {
  if (kind === 'image-encoder') {
    const encoder = await createClipEncoder({ modelPath: onnx });
    const pixels = fill(new Uint8Array(INPUTS * IMAGE_VALUES), 128, () => draw() * 255);
    return () => encoder.encode(pixels, INPUTS);
  }
  const model = await createMlpModel({ kind, model: onnx });
  const size = INPUTS * mlpShapes[kind].inputs;
  const features = fill(new Float32Array(size), 0.1, () => draw() - 0.5);
  return () => model.run(features, INPUTS);
}

/** The first half is one value, the second half is random values. */
function fill<T extends Uint8Array | Float32Array>(values: T, plain: number, busy: () => number) {
  const half = values.length / INPUTS;
  return values.map((_, index) => (index < half ? plain : busy())) as T;
}

let state = 1;
/** Numbers in [0, 1), the same each time: a linear congruential generator (Numerical Recipes). */
function draw(): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
}

function tell(message: TrialMessage): void {
  writeSync(1, `${JSON.stringify(message)}\n`);
}

async function tryModel(model: TrialModel): Promise<TrialOutcome> {
  let step = 'load';
  try {
    const run = await load(model);
    step = 'run';
    if ((await run()).every(Number.isFinite)) return {};
    return { problem: 'it gives NaN or infinity: its weights are damaged' };
  } catch (error) {
    const told = (error instanceof Error ? error.message : String(error)).trim();
    const isOurs = error instanceof ModelShapeError;
    return { problem: isOurs ? told : `onnxruntime cannot ${step} it: ${told}` };
  }
}

/**
 * A model that never ends blocks this thread. Another thread checks whether the parent process is
 * still alive, and how much memory the model takes.
 */
const WATCH = `
  const { writeSync } = require('node:fs');
  const { workerData } = require('node:worker_threads');
  const { parent, limitBytes } = workerData;
  setInterval(() => {
    const isTooLarge = process.memoryUsage.rss() > limitBytes;
    if (isTooLarge) {
      const mb = Math.round(limitBytes / 1e6);
      const problem = 'it wants more memory than there is for it (' + mb + ' MB)';
      writeSync(1, JSON.stringify({ problem }) + '\\n');
    }
    if (isTooLarge || process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
  }, 20);
`;

function memory(): number {
  // Without a container this is zero, or more than the machine has.
  return Math.min(totalmem(), constrainedMemory() || Infinity);
}

/**
 * If memory runs out before this is noticed, the system ends this process and not one that does
 * work.
 */
async function beFirstToBeEnded(): Promise<void> {
  await writeFile('/proc/self/oom_score_adj', '1000').catch(() => undefined);
}

const { models, limitBytes = SHARE_OF_MEMORY * memory() } = JSON.parse(
  process.argv[2] ?? '',
) as TrialTask;
await beFirstToBeEnded();
new Worker(WATCH, { eval: true, workerData: { parent: process.ppid, limitBytes } }).unref();
tell({ started: true });
for (const model of models) tell(await tryModel(model));
