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
  /** The same model on the processor, to begin a cache by. */
  readonly startOnProcessor: () => Promise<Engine>;
}

/**
 * Whether pixels and vectors of built-in images are those they should be: known ones where the model is
 * known, and those that were kept beside the cached vectors when the first of them was made. They are
 * kept now where there are none, as the processor computes them.
 * @throws {ConfigurationError} where they are not: nothing may be written to the cache
 * @throws {TransientError} where the cache cannot be read or written
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
