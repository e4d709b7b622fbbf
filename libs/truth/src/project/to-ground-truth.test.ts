import { expect, it } from 'vitest';
import type { PixelBox } from '../locate/locate-crop.js';
import { toGroundTruth } from './to-ground-truth.js';

const size = { widthPx: 250, heightPx: 250 };
const image = { kind: 'file', path: 'a.png', size: 1, modifiedMs: 0 } as const;
const final = { path: 'a.png', name: 'a.png', source: image, time: '2026-01-01T00:00:00Z' };

it.each<[string, PixelBox, string]>([
  ['2 % off at every edge', [5, 5, 245, 245], 'approve'],
  ['2 % off at the right', [0, 0, 245, 250], 'approve'],
  ['one pixel more off', [0, 0, 244, 250], 'crop'],
])('takes a box %s for what it is', (_, box, action) => {
  const chosen = { groupId: 'g', selectedIndex: 0, final, evidence: '' };
  const located = { method: 'exact', score: 1, box, original: size, final: size } as const;
  expect(toGroundTruth(chosen, located).action).toBe(action);
});
