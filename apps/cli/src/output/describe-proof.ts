import { limitItems, limitLines } from '@cullstream/report';
import { formatTable } from './format-table.js';
import type { AcceptedGap, ProjectProof, VectorComparison, Verification } from '@cullstream/runs';

/** Describes the result of a verification. */
export function describeProof({
  proofs,
  streams,
  comparisons,
  gaps,
  accepted,
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
  const { shown, more } = limitItems(proofs, { what: 'project', isUrgent: hasGaps });
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
    hasGaps(proof) ? 'NO' : proof.accepted.length > 0 ? 'accepted' : 'yes',
  ]);
  const notes = [
    ...proofs.flatMap(({ project, notes: all }) => all.map((note) => `${project}: ${note}`)),
    ...streams.notes,
    ...common,
  ].map((note) => `note: ${note}`);
  return [
    ...(rows.length === 0 ? [] : [formatTable(head, rows, { spare: ['vectors', 'embedded'] })]),
    ...more,
    streams.note,
    ...limitLines(notes, { what: 'note' }),
    ...limitLines(accepted.map(describeAccepted), { what: 'accepted gap' }),
    toVerdict({ proofs, streams, gaps, accepted }),
    ...limitLines(gaps, { what: 'gap' }),
  ].join('\n');
}

function toCells(comparison: VectorComparison | undefined): (string | number)[] {
  return comparison === undefined
    ? ['-', '-']
    : [comparison.compared, comparison.leastCosine.toFixed(6)];
}

function describeAccepted({ project, gap, why }: AcceptedGap): string {
  return `accepted${why === null ? '' : ` (${why})`}: ${project}: ${gap}`;
}

function toVerdict({
  proofs,
  streams,
  gaps,
  accepted,
}: Pick<Verification, 'proofs' | 'streams' | 'gaps' | 'accepted'>): string {
  if (proofs.length + gaps.length + accepted.length === 0) {
    return 'nothing to verify: no database of cullstream here; `cullstream run` makes them';
  }
  if (gaps.length === 0) {
    const besides = accepted.length === 0 ? '' : ' but for what is accepted';
    return `complete${besides}: every image ended once, every group is decided or failed, every vector is sound`;
  }
  // Gaps that an unfinished run will still fill need no repair.
  if (streams.isRunUnfinished) return 'gaps:';
  const isRepairable = proofs.some(
    ({ repairable: { withoutRow, withoutVector, withoutDecision, damagedRows, database } }) =>
      database ||
      damagedRows > 0 ||
      withoutRow.length + withoutVector.length + withoutDecision.length > 0,
  );
  return isRepairable
    ? 'gaps; ‹repair› with ‹originals› and the models of that run sends just what is missing again:'
    : 'gaps:';
}
