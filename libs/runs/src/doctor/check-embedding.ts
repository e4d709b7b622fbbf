import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSelfCheck } from '@cullstream/cache';
import type { Device } from '@cullstream/contracts';
import {
  createEmbeddingEngine,
  embedBuiltInImages,
  findPixelDrift,
  findVectorDrift,
  type ImageVector,
  resolveDevice,
} from '@cullstream/embedding';
import {
  chooseEmbedder,
  findKnownVectors,
  writeDemoModels,
  type ResolvedEmbedder,
} from '@cullstream/inference';
import type { DoctorOptions } from '../options.js';
import type { DoctorFinding } from './finding.js';

type Result = Omit<DoctorFinding, 'check'>;

/** Whether decoding and resampling still give the pixels that `exact` promises, bit for bit. */
export async function checkPixels(): Promise<Result> {
  const drift = await findPixelDrift();
  if (drift !== undefined) return { state: 'error', message: drift };
  return { state: 'ok', message: 'built-in PNG and JPEG give the known pixels' };
}

/** Whether built-in images get the known vectors of the example model, through a run's worker threads. */
export async function checkEmbedding(device: Device): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'cullstream-doctor-'));
  try {
    const { embedder } = await writeDemoModels(folder);
    const choice = { dataDir: folder, cacheDir: folder, embedder } as const;
    const encoder = await chooseEmbedder({ ...choice, precision: 'fp32', preprocess: 'exact' });
    const { recipe } = encoder;
    const vectors = await embed(encoder, 'exact', device);
    const known = await findKnownVectors(recipe);
    if (known === undefined) throw new Error('the example model is not among the known models');
    return (
      toError(findVectorDrift(vectors, known, recipe, 'those that the example model gives')) ?? {
        state: 'ok',
        message: 'built-in images get the known vectors of the example model',
      }
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same by the image encoder of a run: its known vectors, and those its cache was begun with. */
export async function checkEncoder(settings: DoctorOptions): Promise<Result> {
  const { data: dataDir, cache: cacheDir, precision, preprocess } = settings;
  const encoder = await chooseEmbedder({ ...settings, dataDir, cacheDir });
  const { recipe } = encoder;
  const { file, sha256: modelSha256 } = recipe.model;
  const key = { modelSha256, precision, preprocess };
  const { device } = await resolveDevice(settings.device, cacheDir, key);
  const vectors = await embed(encoder, preprocess, device);
  const expected = [
    { by: 'those it is known by', vectors: await findKnownVectors(recipe) },
    { by: 'those its cache was begun with', vectors: readSelfCheck({ dataDir, recipe })?.vectors },
  ].flatMap(({ by, vectors: each }) => (each === undefined ? [] : [{ by, vectors: each }]));
  const drift = expected.flatMap(
    ({ by, vectors: each }) => findVectorDrift(vectors, each, recipe, by) ?? [],
  );
  if (drift.length > 0) return { state: 'error', message: `${file}: ${drift.join('; ')}` };
  const message =
    expected.length === 0
      ? 'no vectors are known of it yet: those of its first run will be kept'
      : `built-in images get ${expected.map(({ by }) => by).join(', and ')}`;
  return { state: 'ok', message: `${file}: ${message}` };
}

async function embed(
  { modelPath }: ResolvedEmbedder,
  preprocess: DoctorOptions['preprocess'],
  device: Device,
): Promise<ImageVector[]> {
  const one = { workers: 1, intraOpThreads: 1, batchSize: 1 };
  const engine = await createEmbeddingEngine({ modelPath, preprocess, device, ...one });
  try {
    return await embedBuiltInImages(engine);
  } finally {
    await engine.close();
  }
}

function toError(message: string | undefined): Result | undefined {
  return message === undefined ? undefined : { state: 'error', message };
}
