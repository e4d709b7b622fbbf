import type { MergeReport, UndoneMerge } from '@cullstream/store';
import type { MergeCandidate } from './find-merges.js';

/** How a merge of one project went, or would go. */
export type MergeResult = MergeCandidate &
  (
    | {
        readonly state: 'planned' | 'merged';
        readonly report: MergeReport;
        readonly backup: string | null;
      }
    | ({ readonly state: 'undone' } & UndoneMerge)
    | { readonly state: 'failed'; readonly message: string }
  );

/** A result as JSON shows it: all of it, and the counts. */
export function toDocument(result: MergeResult) {
  const { project, target: database, staged, state } = result;
  const common = { project, database, staged, state };
  if (state === 'failed') return { ...common, message: result.message };
  if (state === 'undone') {
    const { backup, onlyRowsBecause } = result;
    return {
      ...common,
      backup,
      restored: onlyRowsBecause === null ? 'bytes' : 'rows',
      onlyRowsBecause,
    };
  }
  const { report, backup } = result;
  return { ...common, backup, counts: countsOf(report), ...report };
}

export function countsOf({ added, filled, left, compared, refused }: MergeReport) {
  return {
    added: added.length,
    filled: filled.length,
    left: left.length,
    compared: compared.length,
    refused: refused.length,
  };
}
