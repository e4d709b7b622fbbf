import { ConfigurationError, type Device, type EmbeddingRecipe } from '@cullstream/contracts';
import type { Embedded } from '@cullstream/embedding';
import { createSourceReader, MAX_IMAGE_BYTES } from '@cullstream/imaging';
import {
  chooseEmbedder,
  chooseModels,
  createPredictor,
  type ModelChoice,
  type Predictor,
} from '@cullstream/inference';
import { compareVariants, type Agreement, type SampleResult } from './compare-variants.js';
import { embedSample, type EmbeddedSample } from './embed-sample.js';
import { listSample, type SampleOptions } from './list-sample.js';

export interface VariantAgreement {
  readonly precision: EmbeddingRecipe['precision'];
  readonly preprocess: ModelChoice['preprocess'];
  readonly recipeId: string | undefined;
  readonly imagesPerSecond: number | undefined;
  /** Undefined for the baseline, and for what is not possible. */
  readonly agreement: Agreement | undefined;
  /** Why it is not possible with these weights. */
  readonly impossible: string | undefined;
}

export interface AgreementReport {
  readonly images: number;
  /** Images of the sample that cannot be decoded. */
  readonly unreadable: number;
  readonly groups: number;
  /** The baseline first. */
  readonly variants: readonly VariantAgreement[];
}

export type AgreementOptions = ModelChoice & SampleOptions & { readonly device: Device };

const BASELINE = { precision: 'fp32', preprocess: 'exact' } as const;
const OTHERS = [
  { precision: 'int8', preprocess: 'exact' },
  { precision: 'fp32', preprocess: 'fast' },
] as const;

/**
 * Embeds a sample of the user's images in every possible way, lets ranker and crop proposer judge, and
 * says how far each way is from fp32 with exact pixels.
 * @throws {ConfigurationError} when models are missing, or no image of the sample can be read
 */
export async function measureAgreement(
  options: AgreementOptions,
  onVariant: (what: string) => void = () => undefined,
): Promise<AgreementReport> {
  const models = await chooseModels({ ...options, ...BASELINE });
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
  const run = async (way: typeof BASELINE | (typeof OTHERS)[number]) => {
    const { modelPath, recipe } = await chooseEmbedder({
      ...options,
      ...way,
      embedder: models.files.embedder,
    });
    onVariant(`${way.precision}, ${way.preprocess} pixels`);
    const { preprocess } = way;
    const { device } = options;
    const embedded = await embedSample(sample, reader, { modelPath, preprocess, device });
    return { ...embedded, recipeId: recipe.id };
  };
  try {
    // Read once beforehand, so that the first way does not pay for the disk alone.
    for (const source of sample.flat()) await reader.read(source).catch(() => undefined);
    const first = await run(BASELINE);
    const baseline = await judge(first.groups, first.groups, predictor);
    const images = baseline.flat().length;
    if (images === 0) throw noImages(options, sample.flat().length);
    const variants: VariantAgreement[] = [
      { ...BASELINE, ...readSpeed(first), agreement: undefined, impossible: undefined },
    ];
    for (const way of OTHERS) {
      const other = await run(way).catch(toImpossible);
      if (typeof other === 'string') {
        const none = { recipeId: undefined, imagesPerSecond: undefined, agreement: undefined };
        variants.push({ ...way, ...none, impossible: other });
        continue;
      }
      const agreement = compareVariants(
        await judge(first.groups, other.groups, predictor),
        await judge(other.groups, first.groups, predictor),
      );
      variants.push({ ...way, ...readSpeed(other), agreement, impossible: undefined });
    }
    const unreadable = sample.flat().length - images;
    return { images, unreadable, groups: baseline.length, variants };
  } finally {
    await reader.close();
    await predictor.release();
  }
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

/** A way that these weights do not offer; everything else is a failure. */
function toImpossible(error: unknown): string {
  if (error instanceof ConfigurationError) return error.problems.join('; ');
  throw error;
}

/** Scores and boxes of the images that `readable` holds as well; groups without any are left out. */
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
    if (images.length === 0) continue;
    const predictions = await predictor.predict(images);
    judged.push(
      predictions.map((prediction, index) => ({
        ...prediction,
        vector: images[index]?.vector ?? new Float32Array(),
      })),
    );
  }
  return judged;
}
