import { areBoxesNear } from '@cullstream/domain';
import type { GroundTruth, StoredDecision } from '@cullstream/store';
import type { ProvenGroups } from './prove-project.js';
import type { ProjectGroups } from './read-groups.js';

/** The kinds of contradictions between a row and the finished images. */
export const auditKinds = [
  'approved_without_final',
  'rejected_with_final',
  'other_image',
  'other_crop',
  'other_action',
] as const;
export type AuditKind = (typeof auditKinds)[number];

/** A row that the finished images contradict. */
export interface AuditedRow {
  readonly group_id: string;
  /** The choice in the row. */
  readonly row: AuditedChoice;
  /** The choice that the finished images show; for an ambiguous group only which images were kept. */
  readonly truth: AuditedChoice | { readonly kept: readonly number[] };
}

interface AuditedChoice {
  readonly selected_index: number | null;
  readonly action: string | null;
  readonly crop: readonly number[] | null;
}

export type Audit = Readonly<Record<AuditKind, readonly AuditedRow[]>>;

/** How far an edge of a stored crop may be from the one that was found, as a share of the side. */
const STORED_CROP_TOLERANCE = 0.02;

/**
 * Finds the rows that contain another choice than the finished images show.
 * @param truths by group; a group that is in neither map has no finished image
 * @param ambiguous positions of the images that were kept, of groups with several
 */
export function auditRows(
  rows: Iterable<StoredDecision>,
  truths: ReadonlyMap<string, GroundTruth>,
  ambiguous: ReadonlyMap<string, readonly number[]>,
): Audit {
  const audit: Record<AuditKind, AuditedRow[]> = {
    approved_without_final: [],
    rejected_with_final: [],
    other_image: [],
    other_crop: [],
    other_action: [],
  };
  for (const row of rows) {
    if (row.userAction === null) continue;
    const kept = ambiguous.get(row.groupId);
    const truth = truths.get(row.groupId);
    const kind = kept === undefined ? contradiction(row, truth) : contradictionOfMany(row, kept);
    if (kind === undefined) continue;
    audit[kind].push({
      group_id: row.groupId,
      row: { selected_index: row.userSelectedIndex, action: row.userAction, crop: row.finalCrop },
      truth: kept === undefined ? toChoice(truth) : { kept },
    });
  }
  return audit;
}

function contradiction(row: StoredDecision, truth: GroundTruth | undefined): AuditKind | undefined {
  const isKept = truth !== undefined && truth.action !== 'reject';
  if (!isKept) return row.userAction === 'reject' ? undefined : 'approved_without_final';
  if (row.userAction === 'reject') return 'rejected_with_final';
  if (row.userSelectedIndex !== truth.selectedIndex) return 'other_image';
  if (
    row.finalCrop !== null &&
    truth.crop !== null &&
    !areBoxesNear(row.finalCrop, truth.crop, STORED_CROP_TOLERANCE)
  ) {
    return 'other_crop';
  }
  return row.userAction === truth.action ? undefined : 'other_action';
}

function contradictionOfMany(row: StoredDecision, kept: readonly number[]): AuditKind | undefined {
  if (row.userAction === 'reject') return 'rejected_with_final';
  return row.userSelectedIndex !== null && kept.includes(row.userSelectedIndex)
    ? undefined
    : 'other_image';
}

function toChoice(truth: GroundTruth | undefined): AuditedChoice {
  return {
    selected_index: truth?.selectedIndex ?? null,
    action: truth?.action ?? 'reject',
    crop: truth?.crop ?? null,
  };
}

/** Compares with the choices of people, not with values that an earlier call filled in. */
export function auditProject(
  { rows }: ProjectGroups,
  known: ReadonlyMap<string, GroundTruth>,
  { truths, ambiguous, failures, isComplete }: ProvenGroups,
): Audit {
  const unknown = new Set(failures.map(({ group_id: groupId }) => groupId));
  const decidedByPeople = rows.filter((row) => {
    if (unknown.has(row.groupId)) return false;
    if (!isComplete && !truths.has(row.groupId)) return false;
    const filled = known.get(row.groupId);
    return (
      filled?.action !== row.userAction ||
      filled.selectedIndex !== row.userSelectedIndex ||
      JSON.stringify(filled.crop) !== JSON.stringify(row.finalCrop)
    );
  });
  const positions = new Map(ambiguous.map((group) => [group.groupId, group.positions]));
  return auditRows(decidedByPeople, truths, positions);
}
