import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Device, Precision } from '@cullstream/contracts';
import {
  createPredictor,
  featureRecipesByName,
  listDevices,
  prepareModel,
  requireDevice,
  sha256OfFile,
  type ModelKind,
  type Predictor,
} from '@cullstream/inference';
import { errorMessage } from '@cullstream/files';
import { makeBenchModels } from '../contenders/bench-models.js';
import type { InferResult } from '../contenders/infer-loop.js';
import { fromBase64 } from '../contenders/loop.js';
import { runScript } from '../contenders/run-script.js';
import { makeEncoderCheckpoint } from '../corpus/encoder-checkpoint.js';
import { GROUP_SIZE, makePicturePixels } from '../corpus/picture-pixels.js';
import { compareEmbeddings } from '../measure/compare-embeddings.js';
import { measureLimit } from '../measure/machine-limit.js';
import { toRatio, toSpread } from '../measure/statistics.js';
import type { Bench, Measurement } from './measurement.js';

const BATCH = 8;

interface Way {
  readonly device: Device;
  readonly precision: Precision;
}

/**
 * Inference of ViT-B/32 alone, on every available device and in every precision, compared with the
 * speed of the machine; and the distance of each result from fp32 on the processor.
 */
export async function deviceInference(bench: Bench): Promise<Measurement[]> {
  const limit = await measureLimit(bench, 'fp32');
  const ofBytes = await measureLimit(bench, 'int8');
  const pixels = await makePicturePixels(bench.corpus);
  const ways = await listWays(bench);
  const results = new Map<Way, InferResult[]>(ways.map((way) => [way, []]));
  for (let round = 0; round < bench.rounds; round++) {
    for (const way of round % 2 === 0 ? ways : ways.toReversed()) {
      const model = await toModel(bench, 'image-encoder', way.precision);
      const options = { model, pixels, device: way.device, batch: BATCH };
      const threads = availableParallelism();
      const result = await runScript<InferResult>('infer-loop', { ...options, threads });
      results.get(way)?.push(result);
      const rate = result.imagesPerSecond.toFixed(2);
      bench.note(
        `devices, round ${round + 1}: ${toName(way)} ${rate} images/s, ` +
          `first batch ${result.firstBatchSeconds.toFixed(1)} s`,
      );
    }
  }
  const [first] = ways;
  const baseline = (first && results.get(first)) ?? [];
  const toRates = (all: readonly InferResult[]) => all.map((each) => each.imagesPerSecond);
  const predictor = await openPredictor(bench);
  const measured: Measurement[] = [limit.row, ofBytes.row];
  for (const [way, all] of results) {
    const spread = toSpread(toRates(all));
    const { toShare } = way.precision === 'int8' ? ofBytes : limit;
    const share = way.device === 'cpu' ? { limitShare: toShare(spread.median) } : {};
    measured.push({ name: `infer_${toName(way)}`, unit: 'images/s', spread, ...share });
    if (way === first) continue;
    measured.push(
      {
        name: `infer_${toName(way)}_vs_cpu_fp32`,
        unit: 'ratio',
        spread: toRatio(toRates(all), toRates(baseline)),
        ...share,
      },
      ...(await compare(predictor, toName(way), baseline[0], all[0])),
    );
  }
  await predictor.release();
  return measured;
}

const toName = ({ device, precision }: Way) => `${device}_${precision}`;

/** fp32 on the processor comes first. Combinations that are refused are reported and left out. */
async function listWays(bench: Bench): Promise<Way[]> {
  const ways: Way[] = [
    { device: 'cpu', precision: 'fp32' },
    { device: 'cpu', precision: 'int8' },
    { device: 'cpu', precision: 'fp16' },
  ];
  for (const { device, problem } of await listDevices()) {
    if (device === 'cpu') continue;
    if (problem !== undefined) bench.note(`${device}: ${problem}`);
    for (const precision of problem === undefined ? (['fp32', 'fp16'] as const) : []) {
      const refusal = await requireDevice(device, precision).then(
        () => undefined,
        (error: unknown) => errorMessage(error),
      );
      if (refusal === undefined) ways.push({ device, precision });
      else bench.note(refusal);
    }
  }
  return ways;
}

async function compare(
  predictor: Predictor,
  name: string,
  before: InferResult | undefined,
  after: InferResult | undefined,
): Promise<Measurement[]> {
  const vectors = [before, after].map((result) => fromBase64(result?.vectors ?? ''));
  const [a = new Float32Array(), b = new Float32Array()] = vectors;
  const { cosineMin, largestDifference } = compareEmbeddings(a, b);
  const [picks, others] = [await pick(predictor, a), await pick(predictor, b)];
  const same = picks.filter((best, group) => best === others[group]).length / picks.length;
  const row = (what: string, unit: Measurement['unit'], value: number): Measurement => ({
    ...{ name: `${name}_${what}`, unit, spread: toSpread([value]) },
  });
  return [
    row('cosine_least', 'cosine', cosineMin),
    row('largest_difference', 'number', largestDifference),
    row('same_picks', 'share', same),
  ];
}

const LENGTH = 512;

/** The image with the highest score of each group. */
async function pick(predictor: Predictor, vectors: Float32Array): Promise<number[]> {
  const images = Array.from({ length: vectors.length / LENGTH }, (_, at) => ({
    vector: vectors.slice(at * LENGTH, (at + 1) * LENGTH),
    widthPx: 640,
    heightPx: 800,
  }));
  const scores = (await predictor.predict(images)).map(({ score }) => score);
  return Array.from({ length: scores.length / GROUP_SIZE }, (_, group) => {
    const own = scores.slice(group * GROUP_SIZE, (group + 1) * GROUP_SIZE);
    return own.indexOf(Math.max(...own));
  });
}

async function openPredictor(bench: Bench): Promise<Predictor> {
  const features = featureRecipesByName['as-trained'];
  return createPredictor({
    ranker: { path: await toModel(bench, 'ranker'), features },
    crop: { path: await toModel(bench, 'crop-proposer'), features },
  });
}

/**
 * Full-size ViT-B/32 with made-up weights in every form that is measured, and small models to
 * select by.
 */
async function toModel({ corpus }: Bench, kind: ModelKind, precision?: Precision): Promise<string> {
  const { ranker, crop } = await makeBenchModels(corpus);
  const path =
    kind === 'image-encoder'
      ? await makeEncoderCheckpoint(corpus, 'safetensors')
      : { ranker, 'crop-proposer': crop }[kind];
  const sha256 = await sha256OfFile(path);
  const cacheDir = join(corpus, 'cache', 'models');
  return prepareModel({ kind, path, sha256, cacheDir, ...(precision && { precision }) });
}
