import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.js';
import { encodeOnnxInline } from '../onnx/encode-onnx.js';

const x = { name: 'x', type: 'float32', shape: [2] } as const;
const model = {
  name: 'negative',
  inputs: [x],
  outputs: [{ ...x, name: 'y' }],
  nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['y'] }],
  initializers: [],
};

// If one of these fails after an update, docs/adr/0037 is worth another look.
it('onnxruntime-node takes no input that lies on a device', async () => {
  const path = join(await temporaryFolder(), 'negative.onnx');
  await writeFile(path, await encodeOnnxInline(model));
  const session = await InferenceSession.create(path);
  const buffer = { size: 8, mapState: 'unmapped' } as Tensor.GpuBufferType;
  const onDevice = Tensor.fromGpuBuffer(buffer, { dataType: 'float32', dims: [2] });
  await expect(session.run({ x: onDevice })).rejects.toThrow('must be an external object');
});

it('onnxruntime-node has no option for WebGPU to capture a graph', async () => {
  const bytes = await encodeOnnxInline(model);
  const webgpu = { name: 'webgpu', enableGraphCapture: true } as const;
  const opening = InferenceSession.create(bytes, { executionProviders: [webgpu] });
  await expect(opening).rejects.toThrow(/unrecognized option|is unsupported/);
});
