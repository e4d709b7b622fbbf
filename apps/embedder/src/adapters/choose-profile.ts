import { availableParallelism } from 'node:os';
import type { EmbeddingRecipe } from '@cullstream/contracts';
import {
  applyProfile,
  describeProfile,
  readProfile,
  type EngineProfile,
} from '@cullstream/embedding';
import type { Logger } from '@cullstream/runtime';
import type { EmbedderSettings } from '../settings.js';

/**
 * Workers, threads and batch size: from the settings, else as `doctor --tune` measured them for this
 * model, else the defaults. The measurement is of the processor, so it is not used for a card.
 */
export async function chooseProfile(
  settings: EmbedderSettings,
  recipe: EmbeddingRecipe,
  log: Logger,
): Promise<EngineProfile> {
  const measured = settings.device === 'cpu' ? await findProfile(settings, recipe, log) : undefined;
  const chosen = applyProfile(settings, measured, availableParallelism());
  // A second WebGPU session in the same process crashes the process.
  const profile = settings.device === 'webgpu' ? { ...chosen, workers: 1 } : chosen;
  log.info({ ...profile }, describeProfile(profile));
  return profile;
}

async function findProfile(
  { cache, precision, preprocess }: EmbedderSettings,
  { model }: EmbeddingRecipe,
  log: Logger,
): Promise<EngineProfile | undefined> {
  const found = await readProfile(cache, { modelSha256: model.sha256, precision, preprocess });
  if (found.state === 'stale') log.info({ why: found.why }, 'the measured profile is out of date');
  return found.state === 'valid' ? found.profile : undefined;
}
