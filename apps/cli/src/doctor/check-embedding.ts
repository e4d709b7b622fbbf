import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEmbeddingEngine } from '@cullstream/embedding';
import { preprocess } from '@cullstream/imaging';
import { writeDemoModels } from '@cullstream/inference';
import type { DoctorFinding } from './finding.js';
import { knownEmbedding, knownPixels } from './known-answers.js';

type Result = Omit<DoctorFinding, 'check'>;

/** Whether decoding and resampling still give the pixels that `exact` promises, bit for bit. */
export async function checkPixels(): Promise<Result> {
  for (const { name, image, pixelsSha256 } of knownPixels) {
    const { pixels } = await preprocess(image, 'exact');
    if (createHash('sha256').update(pixels).digest('hex') !== pixelsSha256) {
      return {
        state: 'error',
        message:
          `the pixels of a built-in ${name} are not the known ones: sharp or libvips decode ` +
          'differently here; install the versions of package-lock.json with `npm ci`',
      };
    }
  }
  return { state: 'ok', message: 'built-in PNG and JPEG give the known pixels' };
}

/** Whether a built-in image gets its known embedding, through the worker threads of a run. */
export async function checkEmbedding(): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'cullstream-doctor-'));
  try {
    const { embedder } = await writeDemoModels(folder);
    const engine = await createEmbeddingEngine({
      modelPath: embedder,
      preprocess: 'exact',
      workers: 1,
      intraOpThreads: 1,
      batchSize: 1,
    });
    try {
      return judge((await engine.embed(knownPixels[0].image)).vector);
    } finally {
      await engine.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function judge(vector: Float32Array): Result {
  const { first, norm, tolerance } = knownEmbedding;
  const worst = Math.max(
    Math.abs(Math.hypot(...vector) - norm),
    ...first.map((value, index) => Math.abs(value - (vector[index] ?? NaN))),
  );
  if (worst <= tolerance)
    return { state: 'ok', message: 'a built-in image gets its known embedding' };
  return {
    state: 'error',
    message:
      `the embedding of a built-in image is off by ${worst.toPrecision(2)}: onnxruntime computes ` +
      'differently here; install the versions of package-lock.json with `npm ci`',
  };
}
