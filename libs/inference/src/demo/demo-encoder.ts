import type { CheckpointFormat } from '../checkpoint/open-checkpoint.js';
import { writeCheckpoint } from '../checkpoint/write-checkpoint.js';
import { buildClipImageTower } from '../onnx/build-clip-image-tower.js';
import type { TowerPrecision } from '../onnx/linear-layer.js';
import { writeOnnx } from '../onnx/write-onnx.js';
import type { InputKind } from '../session/image-input.js';
import { demoTowerTensors, type DemoTowerSize } from './demo-tensors.js';

/** `small` for tests and the demo, `vit-b-32` for benchmarks: as heavy as the published model. */
export const demoEncoderSizes = {
  small: { width: 64, layers: 2, patchPx: 32 },
  'vit-b-32': { width: 768, layers: 12, patchPx: 32 },
} as const satisfies Record<string, DemoTowerSize>;
export type DemoEncoderSize = keyof typeof demoEncoderSizes;

export interface DemoEncoderOptions {
  readonly seed: number;
  readonly size: DemoEncoderSize;
  /** The ONNX file to write; that of `vit-b-32` keeps its weights in `<path>.data`. */
  readonly path: string;
  /** Default: `uint8-nhwc`; other programs give `float-nchw`. */
  readonly input?: InputKind;
  /** Default: `fp32`. */
  readonly precision?: TowerPrecision;
}

/**
 * Writes an image encoder of CLIP's shape with made-up weights. The same seed gives the same bytes.
 * It was never trained: selections that are made by its vectors mean nothing.
 */
export async function buildDemoEncoder(options: DemoEncoderOptions): Promise<void> {
  const { seed, size, path, input = 'uint8-nhwc', precision = 'fp32' } = options;
  const model = buildClipImageTower(demoTowerTensors(seed, demoEncoderSizes[size]), {
    input,
    precision,
  });
  // External weights are not part of the file's digest, so the file must contain the seed.
  const metadata = { ...model.metadata, untrained: 'picks mean nothing', seed: String(seed) };
  await writeOnnx({ ...model, metadata }, path);
}

/** The same weights as a checkpoint, in any container. */
export async function buildDemoEncoderCheckpoint(
  options: Omit<DemoEncoderOptions, 'input'> & { readonly format: CheckpointFormat },
): Promise<void> {
  const { seed, size, path, format } = options;
  await writeCheckpoint(path, demoTowerTensors(seed, demoEncoderSizes[size]), format);
}
