import { expect, it } from 'vitest';
import { peakResidentBytes } from './peak-resident-bytes.js';

it('grows with what the process takes, by about as much', () => {
  const before = peakResidentBytes();
  const taken = Buffer.alloc(before + 100e6, 1);
  const after = peakResidentBytes();
  expect(after).toBeGreaterThan(taken.length);
  expect(after).toBeLessThan(before + taken.length + 200e6);
});
