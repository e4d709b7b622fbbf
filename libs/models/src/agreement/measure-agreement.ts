import { ConfigurationError, precisions, type Device, type Precision } from '@cullstream/contracts';
import { groupBy } from '@cullstream/domain';
import type { Embedded } from '@cullstream/embedding';
import { createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import {
  chooseEmbedder,
  chooseModels,
  createPredictor,
  requireDevice,
  type ModelChoice,
  type Predictor,
} from '@cullstream/inference';
import { compareVariants, type Agreement, type SampleResult } from './compare-variants.js';
import { embedSample, type EmbeddedSample } from './embed-sample.js';
import { listSample, type SampleOptions } from './list-sample.js';

/** A precision and preprocessing for embedding images. */
export interface Way {
  readonly precision: Precision;
  readonly preprocess: ModelChoice['preprocess'];
}

export interface VariantAgreement extends Way {
  readonly recipeId: string | undefined;
  readonly imagesPerSecond: number | undefined;
  /** Undefined for the baseline, and for a combination that is not possible. */
  readonly agreement: Agreement | undefined;
  /** The agreement in each project. */
  readonly projects: readonly ProjectAgreement[];
  /** Why the combination is not possible with these weights. */
  readonly impossible: string | undefined;
}

export interface ProjectAgreement {
  readonly project: string;
  readonly agreement: Agreement;
}

export interface AgreementReport {
  readonly images: number;
  /** Images of the sample that cannot be decoded. */
  readonly unreadable: number;
  readonly groups: number;
  /** The baseline is the first one. */
  readonly variants: readonly VariantAgreement[];
}

export interface AgreementOptions extends Omit<ModelChoice, 'precision'>, SampleOptions {
  readonly device: Device;
  /** What the others are compared with. Default: fp32 with exact pixels. */
  readonly baseline?: Way;
  /** Default: every other precision with exact pixels, and fp32 with fast ones. */
  readonly others?: readonly Way[];
}

const BASELINE: Way = { precision: 'fp32', preprocess: 'exact' };
const OTHERS: readonly Way[] = [
  ...precisions
    .filter((precision) => precision !== 'fp32')
    .map((precision) => ({ precision, preprocess: 'exact' as const })),
  { precision: 'fp32', preprocess: 'fast' },
];

/**
 * Embeds a sample of the user's images with several precisions and preprocessings, applies the
 * ranker and crop proposer, and measures how much each result differs from the baseline.
 * @throws {ConfigurationError} when models are missing, or no image of the sample can be read
 */
export async function measureAgreement(
  options: AgreementOptions,
  onVariant: (what: string) => void = () => undefined,
): Promise<AgreementReport> {
  const { baseline = BASELINE, others = OTHERS } = options;
  const models = await chooseModels({ ...options, ...baseline });
  const sample = await listSample(options);
  const { ranker, crop } = models.predictionRecipe;
  const predictor = await createPredictor({
    ranker: { path: models.paths.rankerOnnx, features: ranker.features },
    crop: { path: models.paths.cropOnnx, features: crop.features },
  });
  const reader = createSourceReader({
    originalsDir: options.originalsDir,
    maxBytes: MAX_IMAGE_BYTES,
  });
  const units = sample.map((unit) => unit.map(({ source }) => source));
  const projects = sample.map(([first]) => first?.project ?? '');
  const run = async (way: Way) => {
    await requireDevice(options.device, way.precision);
    const { modelPath, recipe } = await chooseEmbedder({
      ...options,
      ...way,
      embedder: models.files.embedder,
    });
    onVariant(`${way.precision}, ${way.preprocess} pixels`);
    const { preprocess } = way;
    const { device } = options;
    const embedded = await embedSample(units, reader, { modelPath, preprocess, device });
    return { ...embedded, recipeId: recipe.id };
  };
  try {
    // Reads everything once before, so that the first measurement does not include the time of the
    // disk.
    for (const source of units.flat()) await reader.read(source).catch(() => undefined);
    const first = await run(baseline);
    const judged = await judge(first.groups, first.groups, predictor);
    const images = judged.flat().length;
    if (images === 0) throw noImages(options, units.flat().length);
    const none = { agreement: undefined, projects: [], impossible: undefined };
    const variants: VariantAgreement[] = [{ ...baseline, ...readSpeed(first), ...none }];
    for (const way of others) {
      const other = await run(way).catch(toImpossible);
      if (typeof other === 'string') {
        const unknown = { recipeId: undefined, imagesPerSecond: undefined };
        variants.push({ ...way, ...unknown, ...none, impossible: other });
        continue;
      }
      const compared = compareByProject(
        projects,
        await judge(first.groups, other.groups, predictor),
        await judge(other.groups, first.groups, predictor),
      );
      variants.push({ ...way, ...readSpeed(other), ...compared, impossible: undefined });
    }
    const groups = judged.filter((members) => members.length > 0).length;
    return { images, unreadable: units.flat().length - images, groups, variants };
  } finally {
    await reader.close();
    await predictor.release();
  }
}

/**
 * The groups of all projects together and of each project. Groups without any image are left out.
 */
function compareByProject(
  projects: readonly string[],
  before: readonly SampleResult[][],
  after: readonly SampleResult[][],
): Pick<VariantAgreement, 'agreement' | 'projects'> {
  const pairs = projects.flatMap((project, index) => {
    const [a = [], b = []] = [before[index], after[index]];
    return a.length === 0 ? [] : [{ project, a, b }];
  });
  const compare = (some: Readonly<typeof pairs>) =>
    compareVariants(
      some.map(({ a }) => a),
      some.map(({ b }) => b),
    );
  return {
    agreement: compare(pairs),
    projects: [...groupBy(pairs, ({ project }) => project)].map(([project, some]) => ({
      project,
      agreement: compare(some),
    })),
  };
}

function readSpeed({ recipeId, imagesPerSecond }: EmbeddedSample & { recipeId: string }) {
  return { recipeId, imagesPerSecond };
}

function noImages({ originalsDir }: AgreementOptions, listed: number): ConfigurationError {
  return new ConfigurationError([
    listed === 0
      ? `‹originals›: ${originalsDir} holds no images to measure with`
      : `‹originals›: none of ${listed} sampled images of ${originalsDir} can be read`,
  ]);
}

/**
 * Returns the reason if these weights do not support the combination. Throws any other error again.
 */
function toImpossible(error: unknown): string {
  if (error instanceof ConfigurationError) return error.problems.join('; ');
  throw error;
}

/** Scores and boxes of the images that `readable` has as well, by group. */
async function judge(
  groups: EmbeddedSample['groups'],
  readable: EmbeddedSample['groups'],
  predictor: Predictor,
): Promise<SampleResult[][]> {
  const judged: SampleResult[][] = [];
  for (const [groupIndex, group] of groups.entries()) {
    const images = group.filter(
      (image, index): image is Embedded =>
        image !== undefined && readable[groupIndex]?.[index] !== undefined,
    );
    const predictions = images.length === 0 ? [] : await predictor.predict(images);
    judged.push(
      predictions.map((prediction, index) => ({
        ...prediction,
        vector: images[index]?.vector ?? new Float32Array(),
      })),
    );
  }
  return judged;
}
