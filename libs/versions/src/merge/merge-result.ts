import type { MergeReport, UndoneMerge } from '@cullstream/store';
import type { MergeCandidate } from './find-merges.js';

/** The result of merging a project, or of a merge that was only planned. */
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

/** The result for JSON output, with its counts. */
export function toDocument(result: MergeResult): Readonly<Record<string, unknown>> {
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
  return { ...common, backup, counts: toCounts(report), remedy: suggestRemedy(result), ...report };
}

/**
 * What the user can do about groups that the constraints of an older table refuse. Null if there
 * are none.
 */
export function suggestRemedy(result: MergeResult): string | null {
  if (!('report' in result) || result.report.refused.length === 0) return null;
  const { project, staged } = result;
  const name = project.includes(' ') ? `"${project}"` : project;
  return (
    `what the rules of its older table do not allow stays in ${staged ?? 'the staged predictions'}: ` +
    `\`cullstream export ‹project=${name}›\` gives it; to take it in, give the table today's rules ` +
    'as docs/merging.md shows, then merge again'
  );
}

export function toCounts({ added, filled, left, compared, refused }: MergeReport) {
  return {
    added: added.length,
    filled: filled.length,
    left: left.length,
    compared: compared.length,
    refused: refused.length,
  };
}
