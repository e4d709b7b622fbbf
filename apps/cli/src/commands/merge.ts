import { ConfigurationError, TransientError } from '@cullstream/contracts';
import { exitCodes } from '@cullstream/runtime';
import { applyMerge, DatabaseError, planMerge, undoMerge } from '@cullstream/store';
import { describeMerge } from '../merge/describe-merge.js';
import { findMerges, type MergeCandidate } from '../merge/find-merges.js';
import { toDocument, type MergeResult } from '../merge/merge-result.js';
import { lockData } from '../run/data-lock.js';
import type { MergeSettings } from '../settings/database-settings.js';
import type { CommandContext } from './command-context.js';

/**
 * Carries staged predictions into databases that cullstream did not create: says what it would do,
 * does it with `--apply`, takes it back with `--undo`. A project that fails leaves the others alone.
 */
export async function merge(
  settings: MergeSettings,
  { terminal }: CommandContext,
): Promise<number> {
  const { apply, undo, json } = settings;
  if (apply && undo) {
    throw new ConfigurationError([
      'say --apply or --undo, not both; without them nothing is written',
    ]);
  }
  const wanted = [...(settings.project ?? []), ...(settings.only ?? [])];
  const candidates = findMerges(
    settings.data,
    wanted.length === 0 ? undefined : wanted,
    undo ? 'undo' : 'merge',
  );
  const results =
    apply || undo
      ? await underLock(settings, candidates)
      : await Promise.all(candidates.map((candidate) => attempt(candidate, planOne)));
  const hasFailed = results.some(({ state }) => state === 'failed');
  terminal.print(
    json
      ? JSON.stringify({ applied: apply, undone: undo, projects: results.map(toDocument) }, null, 2)
      : describeMerge(results, undo ? 'undo' : 'merge'),
  );
  return hasFailed ? exitCodes.failed : exitCodes.ok;
}

/** One after the other, and never while a run writes the staged predictions. */
async function underLock(
  settings: MergeSettings,
  candidates: readonly MergeCandidate[],
): Promise<MergeResult[]> {
  if (candidates.length === 0) return [];
  const lock = await lockData(settings);
  try {
    const results: MergeResult[] = [];
    for (const candidate of candidates) {
      results.push(await attempt(candidate, settings.undo ? undoOne : applyOne));
    }
    return results;
  } finally {
    await lock.release();
  }
}

function planOne(candidate: MergeCandidate): Promise<MergeResult> {
  const report = planMerge(stagedOf(candidate), candidate.target);
  return Promise.resolve({ ...candidate, state: 'planned', report, backup: null });
}

async function applyOne(candidate: MergeCandidate): Promise<MergeResult> {
  const now = new Date();
  const { report, backup } = await applyMerge(stagedOf(candidate), candidate.target, { now });
  return { ...candidate, state: 'merged', report, backup };
}

async function undoOne(candidate: MergeCandidate): Promise<MergeResult> {
  return { ...candidate, state: 'undone', ...(await undoMerge(candidate.target)) };
}

function stagedOf({ project, staged }: MergeCandidate): string {
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
