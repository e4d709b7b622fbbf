import { describe, expect, it } from 'vitest';
import { checkLegacy } from './legacy-check.js';

const recomputed = Float32Array.from({ length: 512 }, (_, index) => Math.sin(index * 1.7) * 0.5);
const scaled = (factor: number) => recomputed.map((value) => value * factor);

describe('the check of legacy vectors', () => {
  it('agrees on equal vectors', () => {
    const verdict = checkLegacy({ samples: [{ legacy: recomputed.slice(), recomputed }] });
    expect(verdict.agrees).toBe(true);
    expect(verdict.worstCosine).toBeCloseTo(1, 12);
    expect(verdict.worstNormRatio).toBeCloseTo(1, 12);
  });

  it('refuses normalised vectors, whose direction is right and whose length is not', () => {
    const norm = Math.hypot(...recomputed);
    const verdict = checkLegacy({ samples: [{ legacy: scaled(1 / norm), recomputed }] });
    expect(verdict.worstCosine).toBeGreaterThan(0.999999);
    expect(verdict.worstNormRatio).toBeCloseTo(1 / norm, 6);
    expect(verdict.agrees).toBe(false);
  });

  it.each([
    [1.009, true],
    [0.991, true],
    [1.011, false],
    [0.989, false],
  ])('takes a length of %d for agreement: %s', (factor, agrees) => {
    expect(checkLegacy({ samples: [{ legacy: scaled(factor), recomputed }] }).agrees).toBe(agrees);
  });

  it('is as bad as the worst sample', () => {
    const other = recomputed.map((value, index) => (index % 2 === 0 ? value : -value));
    const verdict = checkLegacy({
      samples: [
        { legacy: recomputed, recomputed },
        { legacy: other, recomputed },
      ],
    });
    expect(verdict.agrees).toBe(false);
    expect(verdict.worstCosine).toBeLessThan(0.1);
  });

  it('refuses a cosine just below 0.999', () => {
    const base = new Float32Array(512).fill(0);
    base[0] = 1;
    const at = (cosine: number) => {
      const vector = base.slice();
      vector[0] = cosine;
      vector[1] = Math.sqrt(1 - cosine * cosine);
      return checkLegacy({ samples: [{ legacy: vector, recomputed: base }] }).agrees;
    };
    expect([at(0.9991), at(0.9989)]).toEqual([true, false]);
  });

  it.each([
    ['no sample', []],
    ['a zero vector', [{ legacy: new Float32Array(512), recomputed }]],
    ['another length', [{ legacy: recomputed.subarray(0, 511), recomputed }]],
    ['a value that is no number', [{ legacy: scaled(NaN), recomputed }]],
  ])('does not agree on %s', (_what, samples) => {
    expect(checkLegacy({ samples })).toEqual({ agrees: false, worstCosine: -1, worstNormRatio: 0 });
  });
});
