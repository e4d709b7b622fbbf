import {
  combineProfiles,
  listCandidates,
  listFrugalCandidates,
  processorBatches,
} from './tune-candidates.js';
import { isPromising, judgeTrials, toMedian, type Trial, type Verdict } from './judge-trials.js';
import { runProbe } from './run-probe.js';
import { runTrial, type TrialOptions } from './run-trial.js';
import type { EngineProfile } from '../profile/engine-profile.js';

export interface TuneOptions extends Pick<TrialOptions, 'model' | 'pictures'> {
  readonly cores: number;
  /** Memory that one embedder may take, in bytes. */
  readonly capBytes: number;
  /** No round is started that would end later. */
  readonly budgetMs: number;
  /** Environment of the processes that are measured. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onTried?: ((profile: EngineProfile, imagesPerSecond: number) => void) | undefined;
}

export interface Tuned extends Verdict {
  /** All candidates that were tried, the default first. */
  readonly trials: readonly Trial[];
}

/** Images per core that a round measures. */
const IMAGES_A_CORE = 16;
const MOST_ROUNDS = 5;
/** Of the time, for measuring decoding and inference alone. */
const PROBE_SHARE = 0.25;

/**
 * Measures profiles for this machine, one process at a time: first inference alone by batch size,
 * then the engine. Candidates take turns in rounds; one that was not faster than the default in a
 * round is not tried again. After the first round those that were faster are also tried together.
 * @throws when the engine cannot work at all
 */
export async function tuneEngine(options: TuneOptions): Promise<Tuned> {
  const { cores, capBytes, budgetMs, model, pictures, environment, onTried } = options;
  const startedMs = performance.now();
  const trials: { profile: EngineProfile; imagesPerSecond: number[]; peakBytes: number }[] = [];
  let roundMs = 0;
  const hasTime = () => performance.now() - startedMs + roundMs < budgetMs;
  const tryOnce = async (trial: (typeof trials)[number]) => {
    const beganMs = performance.now();
    const work = { model, pictures, profile: trial.profile, images: IMAGES_A_CORE * cores };
    const { imagesPerSecond, peakBytes } = await runTrial(work, environment);
    trial.imagesPerSecond.push(imagesPerSecond);
    trial.peakBytes = Math.max(trial.peakBytes, peakBytes);
    // The first process also prepares files that later ones share, so the latest shows best how
    // long one takes.
    roundMs = performance.now() - beganMs;
    onTried?.(trial.profile, imagesPerSecond);
  };
  const begin = async (profile: EngineProfile) => {
    const trial = { profile, imagesPerSecond: [], peakBytes: 0 };
    await tryOnce(trial);
    trials.push(trial);
    return trial;
  };

  const probeMs = PROBE_SHARE * budgetMs;
  const measure = { model, pictures, threads: 1, batches: processorBatches };
  // What stops the engine from working is reported by its first trial.
  const probe = await runProbe({ ...measure, budgetMs: probeMs / 2 }, environment, probeMs).catch(
    () => undefined,
  );
  const [preset, ...others] = listCandidates(cores, probe);
  const first = await begin(preset);
  const isFrugal = first.peakBytes > capBytes;
  const candidates = isFrugal ? listFrugalCandidates(cores) : others;
  for (const profile of candidates) if (hasTime()) await begin(profile);
  const untried = candidates.length + 1 - trials.length;
  if (!isFrugal && hasTime()) {
    const faster = trials.slice(1).filter((trial) => isPromising(trial, first));
    const inOrder = faster.sort(
      (a, b) => toMedian(a.imagesPerSecond) - toMedian(b.imagesPerSecond),
    );
    const combined = combineProfiles(
      preset,
      inOrder.map(({ profile }) => profile),
    );
    if (!trials.some(({ profile }) => isSame(profile, combined))) await begin(combined);
  }
  for (let round = 1; round < MOST_ROUNDS && hasTime(); round++) {
    const still = trials.slice(1).filter((trial) => isWorthMore(trial, first, round));
    if (still.length === 0) break;
    // An unfinished round would leave rates that cannot be compared with the others.
    if (!isFrugal) await tryOnce(first);
    for (const trial of still) if (hasTime()) await tryOnce(trial);
  }
  const { chosen, why } = judgeTrials(trials, capBytes);
  const left = untried === 0 ? '' : `; there was no time to try ${untried} more`;
  return { trials, chosen, why: `${why}${left}` };

  function isWorthMore(trial: Trial, before: Trial, rounds: number): boolean {
    if (trial.imagesPerSecond.length < rounds) return false;
    return isFrugal ? trial.peakBytes <= capBytes : isPromising(trial, before);
  }
}

function isSame(a: EngineProfile, b: EngineProfile): boolean {
  return (Object.keys(a) as (keyof EngineProfile)[]).every((part) => a[part] === b[part]);
}
