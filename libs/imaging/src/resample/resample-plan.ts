import { axisWeights, type AxisWeights } from './axis-weights.js';
import { packAxis, type PackedAxis } from './packed-axis.js';
import { targetWindow } from './target-window.js';

/** Everything about a resampling that depends only on the size of the image. */
export interface ResamplePlan {
  readonly columns: AxisWeights;
  readonly rows: AxisWeights;
  readonly packedColumns: PackedAxis;
  readonly packedRows: PackedAxis;
}

/** Number of taps in a step of the horizontal pass. */
const COLUMN_TAPS = 4;
/** Number of taps in a step of the vertical pass. */
const ROW_TAPS = 2;

const PLANS_KEPT = 16;
const plans = new Map<string, ResamplePlan>();

/** The plan for a size. Archives hold few sizes, so the last sixteen are kept. */
export function resamplePlan(widthPx: number, heightPx: number): ResamplePlan {
  const key = `${widthPx}x${heightPx}`;
  const plan = plans.get(key) ?? makePlan(widthPx, heightPx);
  plans.delete(key);
  plans.set(key, plan);
  if (plans.size > PLANS_KEPT) plans.delete(plans.keys().next().value ?? '');
  return plan;
}

function makePlan(widthPx: number, heightPx: number): ResamplePlan {
  const window = targetWindow(widthPx, heightPx);
  const columns = axisWeights(widthPx, window.resizedWidthPx, window.leftPx);
  const rows = axisWeights(heightPx, window.resizedHeightPx, window.topPx);
  return {
    columns,
    rows,
    packedColumns: packAxis(columns, COLUMN_TAPS),
    packedRows: packAxis(rows, ROW_TAPS),
  };
}
