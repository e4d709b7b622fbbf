import { formatTable } from '../output/format-table.js';
import { firstLines, limit } from '../output/limit.js';
import type { StreamProof } from './check-streams.js';
import type { VectorComparison } from './compare-vectors.js';
import type { ProjectProof } from './verify-project.js';

/** All that a verification found. */
export interface Verification {
  readonly proofs: readonly ProjectProof[];
  readonly streams: StreamProof;
  /** By project, where images were embedded anew. */
  readonly comparisons: ReadonlyMap<string, VectorComparison>;
  readonly gaps: readonly string[];
  /** What is no gap and concerns no project alone. */
  readonly notes: readonly string[];
}

/** A verification as people read it. */
export function describeProof({
  proofs,
  streams,
  comparisons,
  gaps,
  notes: common,
}: Verification): string {
  const head = [
    'project',
    'images',
    'embedded',
    'cached',
    'failed',
    'groups',
    'decided',
    'failed groups',
    'vectors',
    ...(comparisons.size > 0 ? ['embedded anew', 'least cosine'] : []),
    'complete',
  ];
  const hasGaps = ({ project, gaps: own }: ProjectProof) =>
    own.length + (comparisons.get(project)?.gaps.length ?? 0) > 0;
  const { shown, more } = limit(proofs, { what: 'projects', isUrgent: hasGaps });
  const rows = shown.map((proof) => [
    proof.project,
    proof.images,
    proof.embedded,
    proof.cached,
    proof.failed,
    proof.groups,
    proof.decidedGroups,
    proof.failedGroups,
    proof.vectorsChecked,
    ...(comparisons.size > 0 ? toCells(comparisons.get(proof.project)) : []),
    hasGaps(proof) ? 'NO' : 'yes',
  ]);
  const notes = [
    ...proofs.flatMap(({ project, notes: all }) => all.map((note) => `${project}: ${note}`)),
    ...streams.notes,
    ...common,
  ].map((note) => `note: ${note}`);
  return [
    formatTable(head, rows, { spare: ['vectors', 'embedded'] }),
    ...more,
    streams.note,
    ...firstLines(notes, { what: 'notes' }),
    toVerdict(proofs, gaps),
    ...firstLines(gaps, { what: 'gaps' }),
  ].join('\n');
}

function toCells(comparison: VectorComparison | undefined): (string | number)[] {
  return comparison === undefined
    ? ['-', '-']
    : [comparison.compared, comparison.leastCosine.toFixed(6)];
}

function toVerdict(proofs: readonly ProjectProof[], gaps: readonly string[]): string {
  if (proofs.length === 0 && gaps.length === 0) {
    return 'nothing to verify: no database of cullstream here';
  }
  if (gaps.length === 0) {
    return 'complete: every image ended once, every group is decided or failed, every vector is sound';
  }
  const isRepairable = proofs.some(
    ({ repairable: { withoutRow, withoutVector, withoutDecision, database } }) =>
      database || withoutRow.length + withoutVector.length + withoutDecision.length > 0,
  );
  return isRepairable
    ? 'gaps; ‹repair› with ‹originals› and the models of that run sends just what is missing again:'
    : 'gaps:';
}
