import { availableParallelism } from 'node:os';
import type { Device, EmbeddingRecipe } from '@cullstream/contracts';
import {
  applyProfile,
  describeIgnoredWorkers,
  describeProfile,
  readDeviceProfile,
  type EngineProfile,
} from '@cullstream/embedding';
import type { Logger } from '@cullstream/runtime';
import type { EmbedderSettings } from '../settings.js';

/**
 * Workers, threads, decoders and batch size: from the settings, else as `doctor --tune` measured
 * them for this model on this device, else the defaults.
 */
export async function chooseProfile(
  settings: Omit<EmbedderSettings, 'device'> & { readonly device: Device },
  { model }: EmbeddingRecipe,
  log: Logger,
): Promise<EngineProfile> {
  const { cache, device, precision, preprocess } = settings;
  const key = { modelSha256: model.sha256, precision, preprocess };
  const found = await readDeviceProfile(cache, key, device);
  if (found.state === 'stale') log.info({ why: found.why }, 'the measured profile is out of date');
  const measured = found.state === 'valid' ? found : undefined;
  const profile = applyProfile(settings, measured?.profile, availableParallelism(), device);
  const ignored = describeIgnoredWorkers(settings, device);
  if (ignored !== undefined) log.warn(ignored);
  const measuredAt = measured?.measuredAt.slice(0, 10);
  const { workers, threads, batch, decodes } = settings;
  const isSaid = [workers, threads, batch, decodes].some((part) => part !== undefined);
  const how = isSaid ? 'as set, else as measured' : 'as measured';
  const origin = measuredAt === undefined ? '' : `, ${how} on ${measuredAt}`;
  log.info({ ...profile, device, measuredAt }, `${describeProfile(profile)}${origin}`);
  return profile;
}
