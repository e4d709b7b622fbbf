import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { mlpShapes } from '../onnx/build-mlp.js';
import { ModelShapeError } from '../onnx/mlp-layers.js';
import { createClipEncoder } from '../session/clip-encoder.js';
import { createMlpModel } from '../session/mlp-model.js';
import { IMAGE_VALUES } from '../session/normalize-pixels.js';
import type { TrialModel, TrialOutcome } from './try-in-process.js';

/** Of each kind of input, a plain one and a busy one. */
const INPUTS = 2;

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

/** The first half of one value, the second of drawn ones. */
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

/** A model that never ends holds this thread: another one looks whether anybody still waits. */
const ENDS_WITH_ITS_PARENT = `
  const { workerData } = require('node:worker_threads');
  setInterval(() => {
    if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL');
  }, 1000);
`;
new Worker(ENDS_WITH_ITS_PARENT, { eval: true, workerData: process.ppid }).unref();

for (const model of JSON.parse(process.argv[2] ?? '[]') as TrialModel[]) {
  writeSync(1, `${JSON.stringify(await tryModel(model))}\n`);
}
