import { toShare, type Measured } from './intervals.js';

const BINS = 10;

/** Groups whose confidence lies in one tenth of [0, 1]. */
export interface CalibrationBin {
  readonly from: number;
  readonly to: number;
  readonly groups: number;
  readonly meanConfidence: number | null;
  /** Share of picks that are right. */
  readonly accuracy: Measured;
}

/** Whether a confidence of 0.8 means that eight in ten picks are right. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /**
   * Mean distance of confidence and accuracy over the bins, weighted by their groups. 0 is best.
   * https://arxiv.org/abs/1706.04599, equation 3
   */
  readonly expectedCalibrationError: number | null;
}

export function toCalibration(
  picks: readonly { readonly confidence: number; readonly isRight: boolean }[],
): Calibration {
  let error = 0;
  const bins = Array.from({ length: BINS }, (_, index): CalibrationBin => {
    const here = picks.filter(({ confidence }) => toBin(confidence) === index);
    const right = here.filter(({ isRight }) => isRight).length;
    const sum = here.reduce((total, { confidence }) => total + confidence, 0);
    error += Math.abs(right - sum);
    return {
      from: index / BINS,
      to: (index + 1) / BINS,
      groups: here.length,
      meanConfidence: here.length === 0 ? null : sum / here.length,
      accuracy: toShare(right, here.length),
    };
  });
  return { bins, expectedCalibrationError: picks.length === 0 ? null : error / picks.length };
}

function toBin(confidence: number): number {
  return Math.min(BINS - 1, Math.floor(confidence * BINS));
}
