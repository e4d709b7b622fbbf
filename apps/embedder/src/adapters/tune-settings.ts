import { availableParallelism } from 'node:os';
import { applyProfile, describeProfile, readProfile } from '@cullstream/embedding';
import { chooseEmbedder } from '@cullstream/inference';
import type { Logger } from '@cullstream/runtime';
import type { EmbedderSettings, GivenSettings } from '../settings.js';

/**
 * How the machine is used: as said, else as `doctor --tune` measured it for this model, else by
 * default. A card is not what was measured.
 * @throws {ConfigurationError} when the image encoder is missing or unusable
 */
export async function tuneSettings(given: GivenSettings, log: Logger): Promise<EmbedderSettings> {
  const measured = given.device === 'cpu' ? await findProfile(given, log) : undefined;
  const profile = applyProfile(given, measured, availableParallelism());
  log.info({ ...profile }, describeProfile(profile));
  return { ...given, ...profile };
}

async function findProfile(given: GivenSettings, log: Logger) {
  const { data: dataDir, cache: cacheDir } = given;
  const { recipe } = await chooseEmbedder({ ...given, dataDir, cacheDir });
  const found = await readProfile(cacheDir, {
    modelSha256: recipe.model.sha256,
    precision: given.precision,
    preprocess: given.preprocess,
  });
  if (found.state === 'stale') log.info({ why: found.why }, 'the measured profile is out of date');
  return found.state === 'valid' ? found.profile : undefined;
}
