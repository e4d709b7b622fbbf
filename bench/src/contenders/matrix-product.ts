import { writeOnnx, type OnnxModel } from '@cullstream/inference';
import { InferenceSession, Tensor } from 'onnxruntime-node';

export interface ProductOptions {
  readonly kind: 'fp32' | 'int8';
  readonly threads: number;
  /** Path of the model file. */
  readonly path: string;
}

/**
 * Rows and columns: so many that the product takes most of the time and the matrices exceed the
 * caches.
 */
const SIDE = 2_048;
const TIMES = 12;

/**
 * The speed of the fastest of several products of two large matrices, in multiply-adds a second.
 */
async function multiply({ kind, threads, path }: ProductOptions): Promise<number> {
  await writeOnnx(kind === 'fp32' ? floatProduct() : byteProduct(), path);
  const session = await InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
  });
  const values = Float32Array.from({ length: SIDE * SIDE }, (_, at) => (at % 7) - 3);
  const feeds = { a: new Tensor('float32', values, [SIDE, SIDE]) };
  let best = 0;
  for (let time = 0; time < TIMES; time++) {
    const startedMs = performance.now();
    await session.run(feeds);
    best = Math.max(best, (SIDE ** 3 * 1_000) / (performance.now() - startedMs));
  }
  return best;
}

const whole = { type: 'float32', shape: [SIDE, SIDE] } as const;
const common = {
  name: 'product',
  inputs: [{ name: 'a', ...whole }],
  outputs: [{ name: 'c', ...whole }],
} as const;

function floatProduct(): OnnxModel {
  const load = () => Float32Array.from({ length: SIDE * SIDE }, (_, at) => (at % 5) - 2);
  return {
    ...common,
    nodes: [{ op: 'MatMul', inputs: ['a', 'b'], outputs: ['c'] }],
    initializers: [{ name: 'b', ...whole, load }],
  };
}

/**
 * The node type of the int8 graph. It also quantises one matrix each time, a thousandth of the
 * work.
 */
function byteProduct(): OnnxModel {
  const load = () => Int8Array.from({ length: SIDE * SIDE }, (_, at) => (at % 127) - 63);
  return {
    ...common,
    nodes: [
      {
        op: 'DynamicQuantizeMatMul',
        domain: 'com.microsoft',
        inputs: ['a', 'b', 'scale'],
        outputs: ['c'],
      },
    ],
    initializers: [
      { name: 'b', type: 'int8', shape: [SIDE, SIDE], load },
      { name: 'scale', type: 'float32', shape: [], load: () => Float32Array.of(0.01) },
    ],
  };
}

process.stdout.write(String(await multiply(JSON.parse(process.argv[2] ?? '') as ProductOptions)));
