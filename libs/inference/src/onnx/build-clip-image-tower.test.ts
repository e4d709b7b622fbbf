import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { maxDifference, readNpy } from '../../tests/support/npy.js';
import { hasShared, shared } from '../../tests/support/shared.js';
import { openCheckpoint } from '../checkpoint/open-checkpoint.js';
import { buildClipImageTower } from './build-clip-image-tower.js';
import { encodeOnnxInline } from './encode-onnx.js';

const goldens = new URL('goldens/clip-import/', shared);
describe.skipIf(!hasShared)('CLIP image tower', () => {
  it.each(['openai_style_jit.pt', 'open_clip_pytorch_model.bin', 'open_clip_model.safetensors'])('gives the golden embeddings from %s', async (file) => {
    const checkpoint = await openCheckpoint(fileURLToPath(new URL(file, goldens)));
    const bytes = await encodeOnnxInline(buildClipImageTower(checkpoint.tensors, { input: 'float-nchw' }));
    const session = await InferenceSession.create(bytes);
    const px = readNpy(new URL('pixels.npy', goldens));
    const out = await session.run({ pixels: new Tensor('float32', px.data, px.shape) });
    const d = maxDifference(out['image_embeds']!.data as Float32Array, readNpy(new URL('embeds.npy', goldens)).data);
    console.log(file, checkpoint.format, d);
    expect(d).toBeLessThan(2e-4);
  });
});
