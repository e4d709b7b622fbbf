/** AI columns that a merge may fill, as they are called in every version. */
export const AI_COLUMNS = ['ai_selected_index', 'ai_crop_coords', 'ai_confidence'] as const;
export type AiColumn = (typeof AI_COLUMNS)[number];
/** Columns of the user that a merge may fill with what the finished images show. */
export const USER_COLUMNS = [
  'user_selected_index',
  'user_action',
  'final_crop_coords',
  'crop_timestamp',
] as const;
/** What a merge may fill. */
export type FilledColumn = AiColumn | (typeof USER_COLUMNS)[number];
export const MATCH_COLUMNS = ['selection_match', 'crop_match'] as const;
export type MatchColumn = (typeof MATCH_COLUMNS)[number];

/** Why a staged decision changes nothing. */
export type UnmergedReason =
  /** The row has all of it, or the same. */
  | 'nothing-to-fill'
  /** The row has picked another image: a box or confidence of ours would be of the wrong one. */
  | 'different-pick'
  /** The image we picked is not in the row's group. */
  | 'different-images'
  /** The group has no staged decision. */
  | 'no-prediction';

/** What a merge changes, or would change. Nothing that is not listed here is touched. */
export interface MergeReport {
  /** Groups that get a row. */
  readonly added: readonly { readonly groupId: string; readonly images: readonly string[] }[];
  /** Rows whose empty columns are filled; `stagedGroupId` differs where names were matched. */
  readonly filled: readonly {
    readonly groupId: string;
    readonly stagedGroupId: string;
    readonly columns: readonly FilledColumn[];
  }[];
  /** Rows of which both sides are known and the comparison was missing. */
  readonly compared: readonly {
    readonly groupId: string;
    readonly column: MatchColumn;
    readonly match: boolean;
  }[];
  readonly left: readonly { readonly groupId: string; readonly reason: UnmergedReason }[];
  /** What the database's own rules do not allow: reported, never forced. */
  readonly refused: readonly { readonly groupId: string; readonly message: string }[];
}

export function hasChanges(report: MergeReport): boolean {
  return report.added.length + report.filled.length + report.compared.length > 0;
}
