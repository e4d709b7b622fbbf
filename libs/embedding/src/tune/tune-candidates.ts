import { defaultProfile, type EngineProfile } from '../profile/engine-profile.js';

/**
 * The profiles to try on a machine: the default first, then those that differ from it in one value.
 */
export function listCandidates(cores: number): readonly EngineProfile[] {
  const preset = defaultProfile(cores);
  const halved = { ...preset, workers: Math.ceil(cores / 2), threads: 2 };
  const deeper = [
    { ...preset, batch: 2 * preset.batch },
    { ...preset, decodes: preset.decodes + 1 },
  ];
  return cores === 1 ? [preset, ...deeper] : [preset, halved, ...deeper];
}

/** Profiles that take less and less memory, for a machine where the default takes too much. */
export function listFrugalCandidates(cores: number): readonly EngineProfile[] {
  return [
    { ...defaultProfile(cores), decodes: 1 },
    { workers: Math.ceil(cores / 2), threads: Math.min(2, cores), batch: 8, decodes: 1 },
    { workers: 1, threads: cores, batch: 4, decodes: 1 },
  ];
}
