import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { Plan } from '@cullstream/catalog';
import type { RunRecord } from '@cullstream/contracts';
import { readDeviceProfile, resolveDevice } from '@cullstream/embedding';
import type { ChosenModels } from '@cullstream/inference';
import { Throughput, defaultRates, type Estimate } from '@cullstream/report';
import { readLastRates } from '@cullstream/runtime';
import type { PlanOptions } from '../options.js';

/** Images a second to expect, and how that is known. */
export interface KnownRates {
  readonly embed: number;
  readonly cached: number;
  readonly basis: NonNullable<RunRecord['estimate']>['basis'];
  /** The same in words. */
  readonly because: string;
}

/**
 * What is known of how fast these weights go here: what the last run showed or `doctor` has
 * measured, whichever is newer, else what is usual for a model of this size and so many cores.
 */
export async function findKnownRates(
  { embeddingRecipe: recipe, paths }: Pick<ChosenModels, 'embeddingRecipe' | 'paths'>,
  settings: Pick<PlanOptions, 'data' | 'cache' | 'device' | 'precision' | 'preprocess'>,
): Promise<KnownRates> {
  const last = await readLastRates(settings.data, recipe.id);
  const cached = last?.cached ?? defaultRates.cached;
  const tuned = await findTuned(recipe.model.sha256, settings);
  const ofLast = last?.embed ?? undefined;
  if (last !== undefined && ofLast !== undefined) {
    if (tuned === undefined || last.measuredAt >= tuned.measuredAt) {
      const because = `as in run ${last.run}, the last with these weights`;
      return { embed: ofLast, cached, basis: 'last-run', because };
    }
  }
  if (tuned !== undefined) {
    const because = `as \`doctor ‹tune›\` measured on ${tuned.measuredAt.slice(0, 10)}`;
    return { embed: tuned.imagesPerSecond, cached, basis: 'tuned', because };
  }
  const cores = availableParallelism();
  const because =
    `as is usual for photographs of 4 megapixels and a model of this size on ${cores} cores ` +
    '(smaller images go faster): no run here was long enough to measure it';
  return {
    embed: toDefaultRate(findModelBytes(paths.embedderOnnx), cores),
    cached,
    basis: 'model-size',
    because,
  };
}

/** How long a run takes, at those rates. */
export function toEstimate(left: { toEmbed: number; cached: number }, rates: KnownRates): Estimate {
  const estimate = new Throughput(rates).estimate(left);
  if (estimate === undefined) throw new Error('a rate is not above zero');
  return estimate;
}

/** What a plan expects of those rates, as the record of its run keeps it. */
export function estimatePlan(
  { projects, legacyMatches }: Pick<Plan, 'projects' | 'legacyMatches'>,
  rates: KnownRates,
): NonNullable<RunRecord['estimate']> {
  const left = { toEmbed: 0, cached: 0 };
  for (const { project, cached } of projects) {
    const fromCache = cached + (legacyMatches.get(project.name) ?? 0);
    left.cached += fromCache;
    left.toEmbed += project.images - fromCache;
  }
  return { ...toEstimate(left, rates), basis: rates.basis, ...left };
}

async function findTuned(
  modelSha256: string,
  { cache, device: choice, precision, preprocess }: Parameters<typeof findKnownRates>[1],
): Promise<{ imagesPerSecond: number; measuredAt: string } | undefined> {
  const key = { modelSha256, precision, preprocess };
  const { device } = await resolveDevice(choice, cache, key);
  const found = await readDeviceProfile(cache, key, device);
  if (found.state !== 'valid' || found.imagesPerSecond === undefined) return undefined;
  return { imagesPerSecond: found.imagesPerSecond, measuredAt: found.measuredAt };
}

/** Bytes of a ViT-B/32 in fp32, which `defaultRates` is of. */
const USUAL_BYTES = 350e6;
const USUAL_CORES = 2;
/**
 * What decoding and resampling an image takes of that time, whatever the model: 89 ms beside 79 of
 * inference, for photographs of 4 megapixels (docs/performance-notes.md).
 */
const DECODING_SHARE = 0.5;

/** Images a second, where a model's time grows with its weights. */
export function toDefaultRate(modelBytes: number, cores: number): number {
  const cost = DECODING_SHARE + (1 - DECODING_SHARE) * (modelBytes / USUAL_BYTES);
  return (defaultRates.embed * (cores / USUAL_CORES)) / cost;
}

/** Of an ONNX file, and of its weights where they lie beside it. */
function findModelBytes(onnxPath: string): number {
  const readSize = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return readSize(onnxPath) + readSize(`${onnxPath}.data`) || USUAL_BYTES;
}
