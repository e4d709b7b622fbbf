import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ProductOptions } from '../contenders/matrix-product.js';
import { runScript } from '../contenders/run-script.js';
import type { Bench, Measurement } from '../scenarios/measurement.js';
import { toSpread } from './statistics.js';

/** The speed of the machine to compare inference with. */
export interface MachineLimit {
  /** In 10⁹ multiply-adds a second. */
  readonly row: Measurement;
  /** The share of the highest measured speed that a rate of ViT-B/32 images a second is. */
  readonly toShare: (imagesPerSecond: number) => number;
}

const ROUNDS = 5;
const GIGA = 1e9;

/**
 * A large matrix product in onnxruntime.
 * @param threads as many as there are cores unless given
 */
export async function measureLimit(
  { scratch, note }: Pick<Bench, 'scratch' | 'note'>,
  kind: ProductOptions['kind'],
  threads = availableParallelism(),
): Promise<MachineLimit> {
  const options = { kind, threads, path: join(scratch, `${kind}.onnx`) };
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    samples.push((await runScript<number>('matrix-product', options)) / GIGA);
  }
  const spread = toSpread(samples);
  const name = threads === availableParallelism() ? kind : `${kind}_on_${threads}`;
  note(`machine, ${name}: ${spread.median.toFixed(0)} thousand million multiply-adds/s`);
  return {
    row: { name: `machine_${name}`, unit: 'GMAC/s', spread },
    toShare: (rate) => (rate * MULTIPLY_ADDS) / (spread.max * GIGA),
  };
}

/**
 * Multiply-adds for an image in Cullstream's graph: its last block computes only the class token.
 */
const MULTIPLY_ADDS = countMultiplyAdds({ width: 768, layers: 12, patchPx: 32, outputs: 512 });

export function countMultiplyAdds({
  width,
  layers,
  patchPx,
  outputs,
}: Readonly<Record<'width' | 'layers' | 'patchPx' | 'outputs', number>>): number {
  const patches = (224 / patchPx) ** 2;
  const tokens = patches + 1;
  const area = width ** 2;
  const block = 12 * tokens * area + 2 * tokens ** 2 * width;
  const lastBlock = 2 * tokens * area + 10 * area + 2 * tokens * width;
  return patches * 3 * patchPx ** 2 * width + (layers - 1) * block + lastBlock + width * outputs;
}
