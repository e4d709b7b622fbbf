import { join } from 'node:path';
import { makeFolder } from '@cullstream/files';
import { buildDemoCheckpoints } from './demo-checkpoints.js';
import { buildDemoEncoder, type DemoEncoderSize } from './demo-encoder.js';

export interface DemoModels {
  readonly embedder: string;
  readonly ranker: string;
  readonly crop: string;
}

const SEED = 20_250_701;

/**
 * Writes all three models with made-up weights into a folder. The bytes are the same each time.
 * Selections that are made with them mean nothing.
 */
export async function writeDemoModels(
  dir: string,
  size: DemoEncoderSize = 'small',
): Promise<DemoModels> {
  await makeFolder(dir);
  const embedder = join(dir, `demo_clip_${size}.onnx`);
  await buildDemoEncoder({ seed: SEED, size, path: embedder });
  return { embedder, ...(await buildDemoCheckpoints({ seed: SEED, dir })) };
}
