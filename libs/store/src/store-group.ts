import type { GroupMembership, ProjectTotals } from '@cullstream/contracts';
import { decideGroup, type CropBox, type GroupMember } from '@cullstream/domain';
import type { MemberRow } from './result-queries.js';
import { toRunStart } from './run-progress.js';
import type { GroupDecisionRow, RunRow } from './schema.js';
import type { Statements } from './statements.js';

/** A group that has images in a batch. */
export interface UpdatedGroup {
  readonly group: GroupMembership;
  readonly project: ProjectTotals;
  /** Number of its images that had no row before. */
  newlySeen: number;
}

/**
 * Counts the images of a group that have arrived. When all its present images have rows, decides it: in
 * `group_decisions` for this run, and in `ai_decisions`. Updates the counts in `run`.
 */
export function storeGroup(statements: Statements, run: RunRow, touched: UpdatedGroup): void {
  const { group } = touched;
  const key = { run: run.run, group_id: group.id };
  const found = statements.selectGroupDecision.get(key);
  const stored = found ?? undecided(key);
  const added = stored.seen + touched.newlySeen;
  // After rows were deleted the count is not reliable.
  const isReliable =
    (found !== undefined || added === group.present) &&
    touched.newlySeen > 0 &&
    added <= group.present;
  const seen = isReliable
    ? added
    : statements.selectMembers.all({ ...key, catalogue: run.catalogue }).length;
  if (seen < group.present) {
    statements.replaceGroupDecision.run({ ...stored, seen });
    return;
  }
  const decision = decide(statements, run, touched, seen);
  count(run, stored, -1);
  count(run, decision, 1);
  statements.replaceGroupDecision.run(decision);
}

function undecided(key: { run: string; group_id: string }): GroupDecisionRow {
  return {
    ...key,
    seen: 0,
    outcome: null,
    selected_index: null,
    confidence: null,
    crop: null,
    inverted: null,
  };
}

function decide(
  statements: Statements,
  run: RunRow,
  { group, project }: UpdatedGroup,
  seen: number,
): GroupDecisionRow {
  const key = { run: run.run, group_id: group.id };
  const decided = decideFrom(statements.selectMembers.all({ ...key, catalogue: run.catalogue }));
  const { width_px, height_px, ...decision } = decided;
  if (width_px === null || height_px === null) return { ...key, seen, ...decision };
  const { changes } = statements.upsertAiDecision.run({
    group_id: group.id,
    timestamp: toRunStart(run.run),
    project_id: project.name,
    directory: group.directory,
    batch_number: 1,
    images: JSON.stringify(group.images),
    ai_selected_index: decision.selected_index,
    ai_crop_coords: decision.crop,
    ai_confidence: decision.confidence,
    user_selected_index: null,
    user_action: null,
    final_crop_coords: null,
    crop_timestamp: null,
    image_width: width_px,
    image_height: height_px,
    selection_match: null,
    crop_match: null,
    ai_crop_accepted: null,
    prediction_recipe: run.recipe,
  });
  if (changes > 0) statements.updateMatches.run({ group_id: group.id });
  return { ...key, seen, ...decision };
}

/** A decision as its tables store it. */
export interface DecidedValues extends Omit<GroupDecisionRow, 'run' | 'group_id' | 'seen'> {
  readonly outcome: 'decided' | 'failed';
  /** Size of the selected image; null where all images have failed. */
  readonly width_px: number | null;
  readonly height_px: number | null;
}

/** The decision that the results of a group's images give. */
export function decideFrom(members: readonly MemberRow[]): DecidedValues {
  const decision = decideGroup(members.map(toMember));
  const none = { selected_index: null, confidence: null, crop: null, inverted: null };
  if (decision.kind === 'failed') {
    return { ...none, outcome: 'failed', width_px: null, height_px: null };
  }
  return {
    outcome: 'decided',
    selected_index: decision.selectedIndex,
    confidence: decision.confidence,
    crop: decision.crop === null ? null : JSON.stringify(decision.crop),
    inverted: Number(decision.inverted),
    width_px: decision.widthPx,
    height_px: decision.heightPx,
  };
}

function toMember(row: MemberRow): GroupMember {
  return {
    position: row.position,
    score: row.score,
    crop: row.crop === null ? null : (JSON.parse(row.crop) as CropBox),
    widthPx: row.width_px,
    heightPx: row.height_px,
  };
}

function count(run: RunRow, decision: GroupDecisionRow, by: 1 | -1): void {
  if (decision.outcome === 'decided') run.decided_group_count += by;
  if (decision.outcome === 'failed') run.failed_group_count += by;
  if (decision.inverted === 1) run.inverted_crop_count += by;
}
