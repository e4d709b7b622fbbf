import { ConfigurationError, type Device, type EmbeddingRecipe } from '@cullstream/contracts';
import { storeSelfCheck, readSelfCheck, selfCheckPath } from '@cullstream/cache';
import {
  embedBuiltInImages,
  findPixelDrift,
  findVectorDrift,
  type EmbeddingEngine,
  type ImageVector,
} from '@cullstream/embedding';
import { findKnownVectors, onnxruntimeVersion } from '@cullstream/inference';

type Engine = Pick<EmbeddingEngine, 'embed' | 'close'>;

export interface SelfCheckOptions {
  readonly dataDir: string;
  readonly recipe: EmbeddingRecipe;
  readonly device: Device;
  /** Loads the same model on the processor, which computes the reference vectors of a new cache. */
  readonly startOnProcessor: () => Promise<Engine>;
}

/**
 * Embeds the built-in test images and compares pixels and vectors with the expected ones: those of the
 * registry if the model is known, and those stored in the cache by the first run of the recipe. If the
 * cache has none yet, the processor computes them and they are stored.
 * @throws {ConfigurationError} on a difference: nothing may be written to the cache
 * @throws {TransientError} if the cache cannot be read or written
 */
export async function runSelfCheck(
  engine: Pick<Engine, 'embed'>,
  options: SelfCheckOptions,
): Promise<void> {
  const { recipe } = options;
  refuse(await findPixelDrift());
  const vectors = await embedBuiltInImages(engine);
  const known = await findKnownVectors(recipe);
  if (known !== undefined) {
    refuse(findVectorDrift(vectors, known, recipe, `those that ${recipe.model.file} is known by`));
  }
  const kept = readSelfCheck(options) ?? (await begin(vectors, options));
  const path = selfCheckPath(options) ?? 'the cache';
  const origin = `those this cache was begun with (${path}, by onnxruntime ${kept.madeBy['onnxruntime'] ?? ''})`;
  refuse(findVectorDrift(vectors, kept.vectors, recipe, origin));
}

function refuse(drift: string | undefined): void {
  if (drift === undefined) return;
  throw new ConfigurationError([`self-check: ${drift}; nothing is written to the cache`]);
}

async function begin(vectors: readonly ImageVector[], options: SelfCheckOptions) {
  const madeBy = {
    onnxruntime: onnxruntimeVersion,
    platform: `${process.platform}/${process.arch}`,
    at: new Date().toISOString(),
  };
  const byProcessor = options.device === 'cpu' ? vectors : await onProcessor(options);
  return storeSelfCheck(options, { madeBy, vectors: byProcessor });
}

async function onProcessor({ startOnProcessor }: SelfCheckOptions): Promise<ImageVector[]> {
  const engine = await startOnProcessor();
  try {
    return await embedBuiltInImages(engine);
  } finally {
    await engine.close();
  }
}
