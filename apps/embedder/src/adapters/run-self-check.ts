import { ConfigurationError, type Device, type EmbeddingRecipe } from '@cullstream/contracts';
import {
  readSelfCheck,
  selfCheckPath,
  storeSelfCheck,
  type SelfCheck,
  type SharedSelfCheck,
} from '@cullstream/cache';
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
  /** That of all who put vectors into the same bucket. */
  readonly shared?: SharedSelfCheck | undefined;
  /** Loads the same model on the processor, which computes the reference vectors of a new cache. */
  readonly startOnProcessor: () => Promise<Engine>;
}

/**
 * Embeds the built-in test images and compares pixels and vectors with the expected ones: those of the
 * registry if the model is known, and those stored in the cache by the first run of the recipe, in the data
 * folder and in the bucket. If the cache has none yet, the processor computes them and they are stored.
 * @throws {ConfigurationError} on a difference: nothing may be written to the cache
 * @throws {TransientError} if the cache cannot be read or written
 */
export async function runSelfCheck(
  engine: Pick<Engine, 'embed'>,
  options: SelfCheckOptions,
): Promise<void> {
  const { recipe, shared } = options;
  refuse(await findPixelDrift());
  const vectors = await embedBuiltInImages(engine);
  const known = await findKnownVectors(recipe);
  if (known !== undefined) {
    refuse(findVectorDrift(vectors, known, recipe, `those that ${recipe.model.file} is known by`));
  }
  const kept = readSelfCheck(options) ?? (await begin(vectors, options));
  const path = selfCheckPath(options) ?? 'the cache';
  refuse(findVectorDrift(vectors, kept.vectors, recipe, toOrigin(path, kept)));
  if (shared === undefined) return;
  const common = await shared.readOr(kept);
  refuse(findVectorDrift(vectors, common.vectors, recipe, toOrigin(shared.path, common)));
}

function toOrigin(path: string, { madeBy }: SelfCheck): string {
  return `those this cache was begun with (${path}, by onnxruntime ${madeBy['onnxruntime'] ?? ''})`;
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
