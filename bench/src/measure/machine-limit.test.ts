import { expect, it } from 'vitest';
import { countMultiplyAdds } from './machine-limit.js';

it('counts the multiply-adds of ViT-B/32 without what its last block leaves out', () => {
  const whole = 49 * 3_072 * 768 + 12 * (12 * 50 * 768 ** 2 + 2 * 50 ** 2 * 768) + 768 * 512;
  const counted = countMultiplyAdds({ width: 768, layers: 12, patchPx: 32, outputs: 512 });
  expect(counted / 1e9).toBeCloseTo(4.12, 2);
  expect(counted / whole).toBeLessThan(0.94);
});
