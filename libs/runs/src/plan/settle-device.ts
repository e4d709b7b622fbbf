import type { DeviceChoice, EmbeddingRecipe, Preprocessing } from '@cullstream/contracts';
import { describeIgnoredWorkers, resolveDevice } from '@cullstream/embedding';
import { requireModelOnDevice } from '@cullstream/inference';

/** An image encoder that is ready to use, as `chooseModels` gives it. */
interface ReadyEncoder {
  readonly embeddingRecipe: EmbeddingRecipe;
  readonly paths: { readonly embedderOnnx: string };
}

interface DeviceOptions {
  readonly cache: string;
  /** Default: the processor. */
  readonly device?: DeviceChoice | undefined;
  readonly preprocess: Preprocessing;
  /** As the user set it. */
  readonly workers?: number | undefined;
}

/**
 * Makes sure that the device of this computer's embedders computes all of the image encoder, before
 * any of them is started.
 * @returns which device is taken and why, where that was not said, and which setting it does not take
 * @throws {ConfigurationError} with the nodes of the model that the device does not take
 */
export async function settleDevice(
  { embeddingRecipe: { model, precision }, paths }: ReadyEncoder,
  { cache, device: choice = 'cpu', preprocess, workers }: DeviceOptions,
): Promise<readonly string[]> {
  const key = { modelSha256: model.sha256, precision, preprocess };
  const { device, why } = await resolveDevice(choice, cache, key);
  await requireModelOnDevice(device, paths.embedderOnnx);
  const chosen = why === undefined ? [] : [`device ${device}: ${why}`];
  const ignored = describeIgnoredWorkers({ workers }, device);
  return ignored === undefined ? chosen : [...chosen, ignored];
}
