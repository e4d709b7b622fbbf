import { CROP_TOLERANCE, ROUNDING } from '@cullstream/domain';

/** The largest `user_selected_index` that the checks of our `ai_decisions` allow, which are those of older tools. */
export const LARGEST_USER_INDEX = 3;

/** Whether a person's choice has no room in the user's columns: it is in `ground_truth` only. */
export function isBeyondUserColumns(selectedIndex: number | null): boolean {
  return selectedIndex !== null && selectedIndex > LARGEST_USER_INDEX;
}

const USER_COLUMNS = [
  'user_selected_index',
  'user_action',
  'final_crop_coords',
  'crop_timestamp',
] as const;

const RESULT_COLUMNS = [...USER_COLUMNS, 'selection_match', 'crop_match'] as const;

/** SQL: the user's columns of a row have the values that `ground_truth` has for its group. */
const isFromTruth = (table: string) =>
  `EXISTS (SELECT 1 FROM ground_truth truth WHERE truth.group_id = ${table}.group_id
    AND truth.selected_index IS ${table}.user_selected_index
    AND truth.action IS ${table}.user_action
    AND truth.crop IS ${table}.final_crop_coords
    AND truth.final_time IS ${table}.crop_timestamp)`;

const areEmpty = (table: string, columns: readonly string[]) =>
  columns.map((column) => `${table}.${column} IS NULL`).join(' AND ');

/** SQL: the user's columns of a row are empty, or were filled from the finished images. */
export const isFillable = (table: string) =>
  `((${areEmpty(table, USER_COLUMNS)}) OR ${isFromTruth(table)})`;

/**
 * SQL: nobody has worked on a row. Values that cullstream filled from finished images do not count as
 * work.
 */
export const isUntouched = (table: string) =>
  `(${table}.ai_crop_accepted IS NULL AND
    ((${areEmpty(table, RESULT_COLUMNS)}) OR ${isFromTruth(table)}))`;

/**
 * SQL: a row may get another list of images. Not one whose choice was filled from finished images, since it is a
 * position in the list.
 */
export const mayGetImages = (table: string, images: string) =>
  `(${table}.images IS ${images} OR ${table}.user_selected_index IS NULL)`;

/**
 * SQL: compares what the models and the person chose, in rows whose user columns were filled from the
 * finished images. Boxes are compared if both chose the same image.
 */
export const updateMatches = (where: string) => `
  UPDATE ai_decisions SET
    selection_match = CASE
      WHEN user_selected_index IS NULL OR ai_selected_index IS NULL THEN NULL
      ELSE ai_selected_index = user_selected_index END,
    crop_match = CASE
      WHEN ai_selected_index IS NOT user_selected_index OR user_selected_index IS NULL
        OR ai_crop_coords IS NULL OR final_crop_coords IS NULL THEN NULL
      ELSE (SELECT MAX(ABS(ours.value - theirs.value)) <= ${CROP_TOLERANCE + ROUNDING}
        FROM json_each(ai_crop_coords) ours JOIN json_each(final_crop_coords) theirs
        ON ours.key = theirs.key) END
  WHERE ${where} AND ${isFromTruth('ai_decisions')}`;
