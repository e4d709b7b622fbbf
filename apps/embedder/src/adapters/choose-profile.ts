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
 * How the machine is used: as said, else as `doctor --tune` measured it for this model, else by
 * default. A card is not what was measured.
 */
export async function chooseProfile(
  settings: EmbedderSettings,
  recipe: EmbeddingRecipe,
  log: Logger,
): Promise<EngineProfile> {
  const measured = settings.device === 'cpu' ? await findProfile(settings, recipe, log) : undefined;
  const chosen = applyProfile(settings, measured, availableParallelism());
  // Its sessions share the card within a process: a second one breaks the process down.
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
