import type { Device } from '@cullstream/contracts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CAST_TO_FLOAT, CAST_TO_HALF } from '../onnx/image-tokens.js';
import { encodeOnnxInline } from '../onnx/encode-onnx.js';
import { createClipEncoder } from './clip-encoder.js';
import { sessionOptions } from './session-options.js';

const shape = [2, 2];

const halves = [
  { op: 'Cast', inputs: ['x'], outputs: ['half'], attributes: { to: CAST_TO_HALF } },
  { op: 'MatMul', inputs: ['half', 'half'], outputs: ['product'] },
  { op: 'Cast', inputs: ['product'], outputs: ['y'], attributes: { to: CAST_TO_FLOAT } },
];

/** Computes a product of two matrices on a device. */
async function tryDevice(device: Device, precision: string | undefined): Promise<void> {
  const x = { name: 'x', type: 'float32', shape } as const;
  const model = {
    name: 'trial',
    inputs: [x],
    outputs: [{ ...x, name: 'y' }],
    nodes: precision === 'fp16' ? halves : [{ op: 'MatMul', inputs: ['x', 'x'], outputs: ['y'] }],
    initializers: [],
  };
  const options = sessionOptions({ intraOpThreads: 1, device });
  const session = await InferenceSession.create(await encodeOnnxInline(model), options);
  const { y } = await session.run({ x: new Tensor('float32', [1, 2, 3, 4], shape) });
  const product = [...((y?.data ?? []) as Float32Array)].join();
  if (product !== '7,10,15,22') throw new Error(`it computes 7,10,15,22 as ${product}`);
}

/** Loads an image encoder on a device. */
async function tryModel(device: Device, modelPath: string): Promise<void> {
  const encoder = await createClipEncoder({ modelPath, device });
  await encoder.release();
}

// An error is reported on stdout.
const [, , name, what, modelPath] = process.argv;
const device = name as Device;
const trying = modelPath === undefined ? tryDevice(device, what) : tryModel(device, modelPath);
await trying.catch((error: unknown) => {
  process.stdout.write(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
