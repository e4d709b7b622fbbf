import { describeNone } from '@cullstream/contracts';
import { matchFinals, type Kept } from '../match/match-finals.js';
import type { FinalImage } from '../finals/list-finals.js';
import type { LocateThreads } from '../locate/locate-threads.js';
import { toEvidence, toGroundTruth, toRejected } from './to-ground-truth.js';
import type { GroundTruth } from '@cullstream/store';
import type { TruthGroup } from './read-groups.js';

/** What to do if several images of a group were kept. */
export const ambiguityRules = ['list', 'first'] as const;
export type AmbiguityRule = (typeof ambiguityRules)[number];

/** A group whose finished image cannot be compared with its original. */
export interface TruthFailure {
  readonly group_id: string;
  /** Path of the finished image. */
  readonly final: string;
  readonly message: string;
}

/** A group with several finished images, or with one that may belong to several groups. */
export interface AmbiguousGroup {
  readonly groupId: string;
  readonly finals: readonly string[];
  readonly positions: readonly number[];
}

export interface ProjectWork {
  readonly groups: readonly TruthGroup[];
  /** Paths of images in no group. */
  readonly ungrouped: readonly string[];
  readonly finals: readonly FinalImage[];
  /** What is stored already, by group. */
  readonly known: ReadonlyMap<string, GroundTruth>;
  readonly ambiguity: AmbiguityRule;
  readonly threads: LocateThreads;
  readonly signal: AbortSignal;
  /** Called with the truth of each group. */
  onFound(truth: GroundTruth): void;
  /** Called with the number of finished images that have been compared, and of all. */
  onProgress(done: number, total: number): void;
}

export interface ProvenGroups {
  readonly truths: ReadonlyMap<string, GroundTruth>;
  readonly ambiguous: readonly AmbiguousGroup[];
  readonly failures: readonly TruthFailure[];
  /** Finished images that belong to no group. */
  readonly unmatched: readonly FinalImage[];
  /** Whether every group was looked at. */
  readonly isComplete: boolean;
}

interface Job {
  readonly group: TruthGroup;
  readonly kept: Kept<FinalImage>;
}

/**
 * Finds what was chosen and cropped in every group of a project.
 * @throws Error if no finished image is named like one of the project: the folder may be the wrong one, or empty
 */
export async function proveProject(work: ProjectWork): Promise<ProvenGroups> {
  const matched = matchFinals(work.groups, work.finals, work.ungrouped);
  if (!matched.isAnyNamed) throw toNoMatchError(work.finals);
  const truths = new Map<string, GroundTruth>();
  const ambiguous: AmbiguousGroup[] = [];
  const failures: TruthFailure[] = [];
  const jobs: Job[] = [];
  const found = (truth: GroundTruth) => {
    truths.set(truth.groupId, truth);
    work.onFound(truth);
  };
  for (const group of work.groups) {
    const all = matched.kept.get(group.groupId) ?? [];
    const [first] = all;
    if (first === undefined) {
      if (group.isDecided) found(toRejected(group.groupId));
    } else if (isClear(all, work.ambiguity)) {
      jobs.push({ group, kept: first });
    } else {
      ambiguous.push(toAmbiguous(group.groupId, all));
    }
  }
  let done = 0;
  await work.threads.forEach(untilAborted(jobs, work.signal), async (job, locate) => {
    const outcome = await proveGroup(job, work.known, locate);
    done += 1;
    work.onProgress(done, jobs.length);
    if ('message' in outcome) failures.push(outcome);
    else found(outcome);
  });
  const inOrder = failures.sort((a, b) => (a.group_id < b.group_id ? -1 : 1));
  const isComplete = done === jobs.length;
  return { truths, ambiguous, failures: inOrder, unmatched: matched.unmatched, isComplete };
}

function isClear(kept: readonly Kept<FinalImage>[], ambiguity: AmbiguityRule): boolean {
  if (!kept.every(({ isCertain }) => isCertain)) return false;
  return kept.length === 1 || ambiguity === 'first';
}

function toAmbiguous(groupId: string, kept: readonly Kept<FinalImage>[]): AmbiguousGroup {
  return {
    groupId,
    finals: kept.map(({ final }) => final.name),
    positions: [...new Set(kept.map(({ position }) => position))],
  };
}

function* untilAborted<T>(items: readonly T[], signal: AbortSignal): Generator<T, void, undefined> {
  for (const item of items) {
    if (signal.aborted) return;
    yield item;
  }
}

async function proveGroup(
  { group, kept: { final, position } }: Job,
  known: ReadonlyMap<string, GroundTruth>,
  locate: Parameters<Parameters<LocateThreads['forEach']>[1]>[1],
): Promise<GroundTruth | TruthFailure> {
  const { groupId } = group;
  const fail = (message: string) => ({ group_id: groupId, final: final.path, message });
  const original = group.sources[position];
  if (original === undefined) {
    return fail('no run has seen its original; run the project again, then `cullstream truth`');
  }
  const evidence = toEvidence(original, final.source);
  const before = known.get(groupId);
  if (before?.evidence === evidence && before.selectedIndex === position) return before;
  const reply = await locate({ original, final: final.source });
  if ('unusable' in reply) {
    const which = reply.unusable === 'final' ? 'the finished image' : 'its original';
    return fail(`${which} cannot be used: ${reply.message}`);
  }
  return toGroundTruth({ groupId, selectedIndex: position, final, evidence }, reply.located);
}

function toNoMatchError(finals: readonly FinalImage[]): Error {
  const found =
    finals.length === 0
      ? 'there is no finished image'
      : `${describeNone(finals.length, 'finished image')} is named like an image of this project`;
  return new Error(`${found}; is it the right folder? Nothing was taken for rejected`);
}
