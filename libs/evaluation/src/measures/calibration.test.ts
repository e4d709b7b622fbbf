import { describe, expect, it } from 'vitest';
import { toCalibration } from './calibration.js';

describe('toCalibration', () => {
  it('compares confidence with accuracy in ten bins', () => {
    const { bins, expectedCalibrationError } = toCalibration([
      { confidence: 0.35, isRight: true },
      { confidence: 0.95, isRight: true },
      { confidence: 0.95, isRight: false },
      { confidence: 1, isRight: true },
    ]);
    expect(bins).toHaveLength(10);
    expect(bins[3]).toMatchObject({ from: 0.3, to: 0.4, groups: 1, meanConfidence: 0.35 });
    expect(bins[9]).toMatchObject({ groups: 3, accuracy: { value: 2 / 3 } });
    expect(bins[9]?.meanConfidence).toBeCloseTo(2.9 / 3, 9);
    expect(bins[0]).toMatchObject({ groups: 0, meanConfidence: null, accuracy: { value: null } });
    // One group is off by 0.65, three are off by 0.3 each.
    expect(expectedCalibrationError).toBeCloseTo((0.65 + 0.9) / 4, 9);
  });

  it('knows nothing of no picks', () => {
    expect(toCalibration([]).expectedCalibrationError).toBeNull();
  });
});
