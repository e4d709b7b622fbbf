import { join } from 'node:path';
import { makeFolder } from '@cullstream/files';
import type { TensorInfo } from '../checkpoint/tensor.js';
import { writeCheckpoint } from '../checkpoint/write-checkpoint.js';
import { demoTensor, type DemoParameter } from './demo-tensors.js';

const rankerWidths = [512, 256, 64, 1];
const cropWidths = [514, 256, 128, 4];
/** The sigmoids of these values differ clearly, so that most crop boxes are not empty. */
const cropCentre = [-1.5, -1.5, 1.5, 1.5];

/**
 * Writes `demo_ranker.pt` and `demo_crop_proposer.pt`: torch state dicts with made-up weights. The
 * same seed gives the same bytes. The models were never trained: their scores and boxes mean
 * nothing.
 * @returns the paths of both files.
 */
export async function buildDemoCheckpoints(options: {
  readonly seed: number;
  readonly dir: string;
}): Promise<{ ranker: string; crop: string }> {
  const { seed, dir } = options;
  const ranker = join(dir, 'demo_ranker.pt');
  const crop = join(dir, 'demo_crop_proposer.pt');
  await makeFolder(dir);
  await writeCheckpoint(ranker, demoMlp(seed, 'ranker', rankerWidths, [0]));
  await writeCheckpoint(crop, demoMlp(seed, 'crop', cropWidths, cropCentre));
  return { ranker, crop };
}

/**
 * Parameters of `nn.Sequential(Linear, ReLU, Dropout, Linear, …)`: every third module has
 * parameters.
 */
function demoMlp(
  seed: number,
  name: string,
  widths: readonly number[],
  lastBias: readonly number[],
): Map<string, TensorInfo> {
  const tensors = new Map<string, TensorInfo>();
  for (const [index, outputs] of widths.slice(1).entries()) {
    const inputs = widths[index] ?? 0;
    const deviation = inputs ** -0.5;
    const layer = `net.${index * 3}`;
    const add = (part: string, parameter: DemoParameter): void => {
      tensors.set(`${layer}.${part}`, demoTensor(seed, `${name}.${layer}.${part}`, parameter));
    };
    const centre = index === widths.length - 2 ? lastBias : 0;
    add('weight', { shape: [outputs, inputs], deviation });
    add('bias', { shape: [outputs], deviation: 0.02, centre });
  }
  return tensors;
}
