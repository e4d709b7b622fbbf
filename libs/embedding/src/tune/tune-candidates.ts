import { defaultProfile, type EngineProfile } from '../profile/engine-profile.js';
import type { Probe } from './run-probe.js';

/** Batch sizes to measure inference with, the usual one first. */
export const processorBatches = [8, 4, 16, 32] as const;
export const deviceBatches = [16, 4, 1, 32, 64] as const;

/** A larger batch is worth its memory only if it is faster by this factor. */
const WORTH_IT = 1.02;

/**
 * The profiles to try on the processor: the default first, then those that differ from it in one
 * part. Batch sizes are tried only if inference alone was faster with them.
 * @param probe undefined where it could not be measured: a double batch is tried then
 */
export function listCandidates(
  cores: number,
  probe: Probe | undefined,
): readonly [EngineProfile, ...EngineProfile[]] {
  const preset = defaultProfile(cores);
  const fewer = cores === 1 ? [] : [{ ...preset, workers: Math.ceil(cores / 2), threads: 2 }];
  // Where two of the cores that are counted are one in truth.
  const single = cores < 4 ? [] : [{ ...preset, workers: Math.ceil(cores / 2) }];
  const batches = probe === undefined ? [2 * preset.batch] : listBetter(probe, preset.batch);
  return [
    preset,
    ...fewer,
    ...single,
    ...batches.map((batch) => ({ ...preset, batch })),
    { ...preset, decodes: preset.decodes + 1 },
  ];
}

/** At most two batch sizes, the fastest first. */
function listBetter({ inference }: Probe, usual: number): number[] {
  const before = inference.find(({ batch }) => batch === usual)?.imagesPerSecond ?? 0;
  return inference
    .filter(({ imagesPerSecond }) => imagesPerSecond > before * WORTH_IT)
    .sort((a, b) => b.imagesPerSecond - a.imagesPerSecond)
    .map(({ batch }) => batch)
    .slice(0, 2);
}

/**
 * A profile with all the parts in which some differ from the default.
 * @param better profiles that were faster than the default, the slowest first
 */
export function combineProfiles(
  preset: EngineProfile,
  better: readonly EngineProfile[],
): EngineProfile {
  return better.reduce((combined, profile) => {
    const changed = Object.entries(profile).filter(
      ([part, value]) => preset[part as keyof EngineProfile] !== value,
    );
    return { ...combined, ...Object.fromEntries(changed) };
  }, preset);
}

/** Profiles that take less and less memory, for a machine where the default takes too much. */
export function listFrugalCandidates(cores: number): readonly EngineProfile[] {
  return [
    { ...defaultProfile(cores), decodes: 1 },
    { workers: Math.ceil(cores / 2), threads: Math.min(2, cores), batch: 8, decodes: 1 },
    { workers: 1, threads: cores, batch: 4, decodes: 1 },
  ];
}

/** Batches within this share of the fastest are as fast: the smallest of them is used. */
const AS_FAST = 0.97;

/**
 * The profiles to try on a device with one session: the best batch size with as many decoders as
 * keep it busy, then with all cores, then the next smaller and larger batch.
 */
export function listDeviceCandidates(
  cores: number,
  { decodesPerSecond, inference }: Probe,
): readonly EngineProfile[] {
  const best = Math.max(...inference.map(({ imagesPerSecond }) => imagesPerSecond));
  const at = inference.findIndex(({ imagesPerSecond }) => imagesPerSecond >= AS_FAST * best);
  const batch = inference[at]?.batch ?? 1;
  const enough = Math.max(1, Math.min(cores, Math.ceil(best / decodesPerSecond)));
  const toProfile = (size: number, decodes: number) => ({
    ...{ workers: 1, threads: 1, batch: size, decodes },
  });
  return [
    toProfile(batch, enough),
    ...(enough === cores ? [] : [toProfile(batch, cores)]),
    ...[inference[at - 1], inference[at + 1]].flatMap((neighbour) =>
      neighbour === undefined ? [] : [toProfile(neighbour.batch, enough)],
    ),
  ];
}
