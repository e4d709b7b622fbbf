import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { applyMerge, DatabaseError, planMerge, undoMerge } from '@cullstream/store';
import { lockData } from '@cullstream/runtime';
import { findMerges, type MergeCandidate } from './find-merges.js';
import type { MergeResult } from './merge-result.js';

/** What to do with staging databases: describe the merge, do it, or undo it. */
export type MergeAction = 'plan' | 'apply' | 'undo';

/**
 * Merges staging databases into the databases that the user made. If a project fails, the others
 * are still merged.
 * @param wanted names of projects; undefined for all that have a staging database
 * @param asked the setting that names them
 * @throws {ConfigurationError} for a project without a staging database, and when another
 * Cullstream process works in the data folder
 */
export async function mergeProjects(
  folder: Parameters<typeof lockData>[0],
  wanted: readonly string[] | undefined,
  action: MergeAction,
  asked?: 'project' | 'only',
): Promise<MergeResult[]> {
  const purpose = action === 'undo' ? 'undo' : 'merge';
  const candidates = findMerges(folder.data, wanted, purpose, asked);
  if (action === 'plan') {
    return Promise.all(candidates.map((candidate) => attempt(candidate, planOne)));
  }
  return underLock(folder, candidates, action === 'undo' ? undoOne : applyOne);
}

/** Merges one project at a time, while no run can write the staging databases. */
async function underLock(
  folder: Parameters<typeof lockData>[0],
  candidates: readonly MergeCandidate[],
  work: (candidate: MergeCandidate) => Promise<MergeResult>,
): Promise<MergeResult[]> {
  if (candidates.length === 0) return [];
  const lock = await lockData(folder);
  try {
    const results: MergeResult[] = [];
    for (const candidate of candidates) {
      results.push(await attempt(candidate, work));
    }
    return results;
  } finally {
    await lock.release();
  }
}

function planOne(candidate: MergeCandidate): Promise<MergeResult> {
  const report = planMerge(requireStaged(candidate), candidate.target);
  return Promise.resolve({ ...candidate, state: 'planned', report, backup: null });
}

async function applyOne(candidate: MergeCandidate): Promise<MergeResult> {
  const now = new Date();
  const { report, backup } = await applyMerge(requireStaged(candidate), candidate.target, { now });
  return { ...candidate, state: 'merged', report, backup };
}

async function undoOne(candidate: MergeCandidate): Promise<MergeResult> {
  return { ...candidate, state: 'undone', ...(await undoMerge(candidate.target)) };
}

function requireStaged({ project, staged }: MergeCandidate): string {
  if (staged === null) throw new Error(`${project} has no staged predictions`);
  return staged;
}

async function attempt(
  candidate: MergeCandidate,
  work: (candidate: MergeCandidate) => Promise<MergeResult>,
): Promise<MergeResult> {
  try {
    return await work(candidate);
  } catch (error) {
    if (!isExpected(error)) throw error;
    return { ...candidate, state: 'failed', message: error.message };
  }
}

function isExpected(error: unknown): error is Error {
  return [DatabaseError, TransientError, ConfigurationError].some((kind) => error instanceof kind);
}
